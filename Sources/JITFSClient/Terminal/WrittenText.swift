internal import ArgumentParser
internal import Glibc

/// What is to be written to a file: an argument, or standard input.
struct WrittenText: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "What is written, with a newline behind it, as echo would; - or nothing: standard input, byte for byte.",
            valueName: "text"))
    var text: String?

    /// The bytes.
    ///
    /// - Throws: a complaint where standard input cannot be read.
    func bytes() throws -> [UInt8] {
        if let text, text != "-" { return Array((text + "\n").utf8) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe read(STDIN_FILENO, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count > 0 {
                bytes += buffer[..<count]
            } else if errno != EINTR {
                throw Complaint("standard input", "EIO: it cannot be read")
            }
        }
    }
}
