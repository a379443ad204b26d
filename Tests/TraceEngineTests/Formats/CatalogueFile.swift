internal import Glibc
internal import SystemPackage
internal import TraceEngine
internal import Zstd

/// The catalogues under `Tests/Resources`, read once for all tests.
enum CatalogueFile {
    /// Every event of Linux 6.18 on x86-64: 2,323.
    static let linux = CatalogueText(unpacked("linux-6.18.events.zst"))
    /// `jit/ping`, `jit/pong` and `jit/spare`, which the recorded cases fire.
    static let jit = CatalogueText(read("jit.events"))

    /// A parsed format: `CatalogueFile.format("sched/sched_switch")`.
    static func format(_ path: String, in catalogue: CatalogueText = linux) throws -> EventFormat {
        for entry in catalogue.entries where "\(catalogue.system(of: entry))/\(catalogue.name(of: entry))" == path {
            return try catalogue.format(of: entry)
        }
        throw Errno.noSuchFileOrDirectory
    }

    private static func path(_ name: String) -> String {
        var path = FilePath("\(#filePath)")
        for _ in 0..<3 { path.removeLastComponent() }
        return path.appending("Resources").appending(name).string
    }

    static func read(_ name: String) -> [UInt8] {
        guard let file = unsafe fopen(path(name), "r") else { return [] }
        defer { unsafe fclose(file) }
        return unsafe drain(file)
    }

    private static func unpacked(_ name: String) -> [UInt8] {
        (try? Zstd.decompress(read(name), limit: 64 << 20)) ?? []
    }

    private static func drain(_ file: UnsafeMutablePointer<FILE>) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe fread($0.baseAddress!, 1, $0.count, file) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }
}
