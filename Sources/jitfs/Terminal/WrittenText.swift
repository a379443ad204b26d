internal import ArgumentParser
internal import Foundation

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
        do {
            return Array(try FileHandle.standardInput.readToEnd() ?? Data())
        } catch {
            throw Complaint("standard input", "EIO: it cannot be read")
        }
    }
}
