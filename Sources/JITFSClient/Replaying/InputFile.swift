internal import Glibc
internal import SystemPackage

/// A file that is read from its start, or standard input.
final class InputFile {
    /// As it was given: what messages show.
    let path: String
    /// Its bytes, where that is known before it is read.
    let size: UInt64?
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    /// Opens a file.
    ///
    /// - Parameter path: of the file; `-` for standard input.
    /// - Throws: a complaint about it.
    init(_ path: String) throws(Complaint) {
        self.path = path == "-" ? "standard input" : path
        descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw Complaint(path, OutputFile.reason(Errno(rawValue: errno))) }
        var status = stat()
        let isKnown = unsafe fstat(descriptor, &status) == 0
        let isFile = isKnown && status.st_mode & S_IFMT == S_IFREG
        size = isFile ? UInt64(status.st_size) : nil
    }

    deinit { if descriptor > STDIN_FILENO { close(descriptor) } }

    /// The next bytes.
    ///
    /// - Parameter take: is given them.
    /// - Returns: how many, 0 at the end.
    /// - Throws: a complaint where it cannot be read, and what `take` throws.
    func next(_ take: (Span<UInt8>) throws -> Void) throws -> Int {
        while true {
            let count = unsafe read(descriptor, &buffer, buffer.count)
            if count >= 0 {
                let piece = buffer
                if count > 0 { try take(piece.span.extracting(0..<count)) }
                return count
            }
            if errno != EINTR { throw Complaint(path, OutputFile.reason(Errno(rawValue: errno))) }
        }
    }
}
