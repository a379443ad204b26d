internal import Glibc

/// Reads whole files and names of directories: what an import and a token file need of the system.
enum InputFile {
    /// Bytes of the largest file that is read.
    static let bytesMax = 256 << 20

    /// Reads a file to its end; the size that `stat` tells is not believed, for tracefs says 0.
    static func read(_ path: String) throws(ConfigurationError) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw failure(path)
            }
            if count == 0 { return bytes }
            guard bytes.count + count <= bytesMax else {
                throw ConfigurationError("\(path): more than \(bytesMax) bytes")
            }
            bytes += chunk[..<count]
        }
    }

    /// Whether a path is a directory.
    static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The names in a directory, sorted, without those that begin with a dot.
    static func names(in path: String) throws(ConfigurationError) -> [String] {
        guard let directory = unsafe opendir(path) else { throw failure(path) }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return names.sorted()
    }

    private static func failure(_ path: String) -> ConfigurationError {
        ConfigurationError("\(path): \(unsafe String(cString: strerror(errno)))")
    }
}
