/// Why a text is not an event's format, a definition or an injection, and where.
///
/// `FormatError(offset: 31, line: 2, reason: "ID: takes a number")` becomes a line of `error_log` and the caret
/// under it.
public struct FormatError: Error, Equatable, Sendable {
    /// Bytes from the start of the text.
    public let offset: Int
    /// The line the byte stands in, counted from 1.
    public let line: Int
    /// What was expected, in words.
    public let reason: String

    /// Makes an error whose line is known.
    public init(offset: Int, line: Int, reason: String) {
        self.offset = offset
        self.line = line
        self.reason = reason
    }

    /// Makes an error and counts the newlines before it.
    ///
    /// - Parameters:
    ///   - offset: the byte; beyond the end counts as the end.
    ///   - text: the text it stands in.
    ///   - reason: what was expected.
    public init(offset: Int, in text: Span<UInt8>, reason: String) {
        var line = 1
        for index in 0..<min(offset, text.count) where text[index] == 0x0A { line += 1 }
        self.init(offset: offset, line: line, reason: reason)
    }
}
