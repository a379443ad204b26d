internal import Glibc
internal import SystemPackage

/// A tracefs that is mounted somewhere. Any thread; it holds nothing but the path.
struct TracefsDirectory: Tracefs {
    /// Bytes of the largest file that is read whole.
    private static let bytesMax = 64 << 20

    /// Where it is mounted: `/sys/kernel/tracing`.
    let root: String

    func read(_ path: String) throws(Errno) -> [UInt8] {
        let descriptor = try Self.open("\(root)/\(path)", O_RDONLY)
        defer { Descriptor.close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw Errno(rawValue: errno)
            }
            if count == 0 { return bytes }
            guard bytes.count + count <= Self.bytesMax else { throw .fileTooLarge }
            bytes += chunk[..<count]
        }
    }

    func write(_ text: String, to path: String) throws(Errno) {
        let descriptor = try Self.open("\(root)/\(path)", O_WRONLY | O_TRUNC)
        defer { Descriptor.close(descriptor) }
        let bytes = Array(text.utf8)
        var status: Int
        repeat { status = unsafe Glibc.write(descriptor, bytes, bytes.count) } while status < 0 && errno == EINTR
        guard status == bytes.count else { throw status < 0 ? Errno(rawValue: errno) : .ioError }
    }

    func names(in path: String) throws(Errno) -> [String] {
        guard let directory = unsafe opendir("\(root)/\(path)") else { throw Errno(rawValue: errno) }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    func makeDirectory(_ path: String) throws(Errno) {
        guard unsafe mkdir("\(root)/\(path)", 0o750) == 0 else { throw Errno(rawValue: errno) }
    }

    func removeDirectory(_ path: String) throws(Errno) {
        guard unsafe rmdir("\(root)/\(path)") == 0 else { throw Errno(rawValue: errno) }
    }

    func open(_ path: String) throws(Errno) -> Int32 { try Self.open("\(root)/\(path)", O_RDONLY | O_NONBLOCK) }

    private static func open(_ path: String, _ flags: Int32) throws(Errno) -> Int32 {
        while true {
            let descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC)
            if descriptor >= 0 { return descriptor }
            if errno != EINTR { throw Errno(rawValue: errno) }
        }
    }
}
