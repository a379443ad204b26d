internal import Glibc

/// Pages of real programs, out of `Tests/Resources/pages`: 200 neighbours of each of six.
public struct RealPages: Sendable {
    /// The names of the files, without `.pages`.
    public static let names = ["node_json", "py_numpy", "py_objects", "py_sqlite", "py_text", "swift_compile"]

    /// All pages, one behind the other.
    public let bytes: [UInt8]
    /// How many there are.
    public var count: Int { bytes.count / 4096 }

    /// Reads all files, or traps.
    public init() {
        let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        bytes = Self.names.flatMap { Self.contents("/\(tests)/Resources/pages/\($0).pages") }
    }

    private static func contents(_ path: String) -> [UInt8] {
        guard let file = unsafe fopen(path, "r") else { preconditionFailure("no \(path)") }
        defer { unsafe _ = fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let got = unsafe fread(&chunk, 1, chunk.count, file)
            if got == 0 { return bytes }
            bytes += chunk[..<got]
        }
    }

    /// A page, with its first eight bytes changed by `variant` where that is not 0.
    public func page(_ number: Int, variant: UInt64 = 0) -> [UInt8] {
        let start = number % count * 4096
        var page = Array(bytes[start..<(start + 4096)])
        for index in 0..<8 { page[index] ^= UInt8(truncatingIfNeeded: variant >> UInt64(index * 8)) }
        return page
    }
}
