@testable internal import KernelTracing

/// Makes sub-buffers as the kernel does.
struct PageBuilder {
    static let header = """
        \tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;
        \tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;
        \tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;
        \tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;

        """
    static var layout: PageLayout { get throws { try PageLayout(parsing: Array(header.utf8)) } }

    let timestamp: UInt64
    var data: [UInt8] = []
    /// Bits of the commit word beside the length.
    var commitBits: UInt64 = 0
    /// What stands behind the data.
    var tail: [UInt8] = []

    init(at timestamp: UInt64) { self.timestamp = timestamp }

    var bytes: [UInt8] {
        var bytes = Self.bytes(timestamp, 8) + Self.bytes(UInt64(data.count) &+ commitBits, 8) + data + tail
        bytes += [UInt8](repeating: 0, count: max(4096 - bytes.count, 0))
        return bytes
    }

    static func bytes(_ number: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt64(8 * $0)) }
    }

    mutating func word(_ word: UInt64) { data += Self.bytes(word, 4) }

    /// A record of 4 to 112 bytes, or with `isLong` of any length.
    mutating func record(
        type: UInt16, pid: Int32, after delta: UInt64 = 0, flags: UInt16 = 0, fields: [UInt8] = [], isLong: Bool = false
    ) {
        var payload =
            Self.bytes(UInt64(type), 2) + Self.bytes(UInt64(flags), 2)
            + Self.bytes(UInt64(UInt32(bitPattern: pid)), 4) + fields
        while payload.count % 4 != 0 { payload.append(0) }
        if isLong {
            word(delta << 5)
            word(UInt64(payload.count + 4))
        } else {
            word(UInt64(payload.count / 4) | delta << 5)
        }
        data += payload
    }

    mutating func extend(by delta: UInt64) {
        word(30 | (delta & 0x7FF_FFFF) << 5)
        word(delta >> 27)
    }

    mutating func absolute(_ time: UInt64) {
        word(31 | (time & 0x7FF_FFFF) << 5)
        word(time >> 27 & 0xFFFF_FFFF)
    }

    /// A record that was discarded, or the padding at the end of a page.
    mutating func padding(_ count: Int) {
        word(29 | 1 << 5)
        word(UInt64(count + 4))
        data += [UInt8](repeating: 0xEE, count: count)
    }

    /// Says that so many were lost before the page; nil is that it does not say how many.
    mutating func lose(_ count: UInt64?) {
        commitBits = UInt64(bitPattern: -(1 << 31))
        guard let count else { return }
        commitBits &+= 1 << 30
        tail = Self.bytes(count, 8)
    }
}
