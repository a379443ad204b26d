internal import SystemPackage

/// Where what stands in a sub-buffer of the kernel's: `events/header_page`.
///
///     	field: u64 timestamp;	offset:0;	size:8;	signed:0;
///     	field: local_t commit;	offset:8;	size:8;	signed:1;
///     	field: int overwrite;	offset:8;	size:1;	signed:1;
///     	field: char data;	offset:16;	size:4080;	signed:0;
struct PageLayout: Equatable, Sendable {
    let timestampOffset: Int
    let commitOffset: Int
    /// 8, or 4 with a kernel of 32 bits.
    let commitSize: Int
    let dataOffset: Int
    let dataSize: Int

    /// Bytes of a sub-buffer.
    var size: Int { dataOffset + dataSize }

    /// The largest sub-buffer that is read.
    static let sizeMax = 1 << 20

    /// Reads the description.
    ///
    /// - Throws: EINVAL where it is none, or one of sub-buffers that cannot be.
    init(parsing text: [UInt8]) throws(Errno) {
        var fields: [Substring: (offset: Int, size: Int)] = [:]
        for line in String(decoding: text, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: ";").map { $0.drop { $0 == "\t" || $0 == " " } }
            guard parts.count >= 3, parts[0].hasPrefix("field:"), parts[1].hasPrefix("offset:"),
                parts[2].hasPrefix("size:"), let name = parts[0].split(separator: " ").last,
                let offset = UInt16(parts[1].dropFirst(7)), let size = UInt32(parts[2].dropFirst(5))
            else { continue }
            fields[name] = (Int(offset), Int(size))
        }
        guard let timestamp = fields["timestamp"], timestamp.size == 8, let commit = fields["commit"],
            commit.size == 8 || commit.size == 4, let data = fields["data"], data.size >= 16,
            data.offset + data.size <= Self.sizeMax, timestamp.offset + 8 <= data.offset,
            commit.offset + commit.size <= data.offset
        else { throw .invalidArgument }
        timestampOffset = timestamp.offset
        commitOffset = commit.offset
        commitSize = commit.size
        dataOffset = data.offset
        dataSize = data.size
    }
}
