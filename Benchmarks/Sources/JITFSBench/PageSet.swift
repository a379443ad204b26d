import Glibc

/// Pages of real programs: the files of a directory that end in `.pages`, but for the extreme ones, `x_…`.
struct PageSet {
    /// Bytes of a page.
    static let pageBytes = 4096

    private let bytes: [UInt8]
    /// How many pages there are before they repeat.
    var count: Int { bytes.count / Self.pageBytes }

    /// Why there are none.
    struct Missing: Error { let directory: String }

    /// Reads a directory's files in the order of their names.
    init(_ directory: String) throws {
        guard let handle = opendir(directory) else { throw Missing(directory: directory) }
        defer { closedir(handle) }
        var names: [String] = []
        while let entry = readdir(handle) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".pages"), !name.hasPrefix("x_") { names.append(name) }
        }
        bytes = names.sorted().flatMap { Self.contents("\(directory)/\($0)") }
        if bytes.count < Self.pageBytes { throw Missing(directory: directory) }
    }

    /// Pages of bytes without any order, the same in every run: what no codec makes smaller.
    init(randomPages count: Int) {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        bytes = (0..<count * Self.pageBytes).map { _ in
            // xorshift64* (Vigna 2016).
            state ^= state >> 12
            state ^= state << 25
            state ^= state >> 27
            return UInt8(truncatingIfNeeded: (state &* 0x2545_F491_4F6C_DD1D) >> 32)
        }
    }

    /// Pages of one log's lines, which any codec makes small.
    init(logPages count: Int) {
        var bytes: [UInt8] = []
        var line = 0
        while bytes.count < count * Self.pageBytes {
            bytes += Array("2026-11-20T12:\(10 + line / 60 % 50):\(10 + line % 50) kernel: page \(line) was put\n".utf8)
            line += 1
        }
        self.bytes = Array(bytes[..<(count * Self.pageBytes)])
    }

    private static func contents(_ path: String) -> [UInt8] {
        guard let file = fopen(path, "r") else { return [] }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = fread(&chunk, 1, chunk.count, file)
            if got == 0 { return bytes }
            bytes += chunk[..<got]
        }
    }

    /// Writes page `number` over the first bytes of a buffer: the pages repeat, and their first eight bytes change with each
    /// number.
    func copy(_ number: Int, to page: inout [UInt8], at offset: Int = 0) {
        page.withUnsafeMutableBytes { target in
            bytes.withUnsafeBytes { source in
                let start = source.baseAddress! + number % count * Self.pageBytes
                memcpy(target.baseAddress! + offset, start, Self.pageBytes)
            }
            var word = target.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            word ^= UInt64(truncatingIfNeeded: number / count + 1) &* 0x9E37_79B9_7F4A_7C15
            target.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
        }
    }
}
