internal import Glibc
internal import SystemPackage

/// A file that is written from its start, or standard output.
final class OutputFile {
    /// As it was given: what messages show.
    let path: String
    private let descriptor: Int32

    /// Opens a file; one that is there loses what was in it.
    ///
    /// - Parameter path: of the file; `-` for standard output.
    /// - Throws: a complaint about it.
    init(_ path: String) throws(Complaint) {
        self.path = path == "-" ? "standard output" : path
        descriptor = path == "-" ? STDOUT_FILENO : unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        if descriptor < 0 { throw Complaint(path, Self.reason(Errno(rawValue: errno))) }
    }

    deinit { if descriptor != STDOUT_FILENO, descriptor >= 0 { close(descriptor) } }

    /// Writes all of it.
    ///
    /// - Throws: what the system says.
    func write(_ bytes: Span<UInt8>) throws(Errno) {
        var done = 0
        while done < bytes.count {
            let rest = bytes.extracting(done..<bytes.count)
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                done += count
            } else if errno != EINTR {
                throw Errno(rawValue: errno)
            }
        }
    }

    /// `ENOSPC: No space left on device`.
    static func reason(_ error: Errno) -> String {
        let names: [Errno: String] = [
            .noSpace: "ENOSPC", .fileTooLarge: "EFBIG", .brokenPipe: "EPIPE", .permissionDenied: "EACCES",
            .noSuchFileOrDirectory: "ENOENT", .isDirectory: "EISDIR", .notDirectory: "ENOTDIR",
            .readOnlyFileSystem: "EROFS",
        ]
        return "\(names[error] ?? "EIO"): \(error.description)"
    }
}
