internal import Bytes
internal import SystemPackage

/// A line `[!]hist:…[ if FILTER]` written to the file `trigger`, cut into its parts.
struct HistogramCommand {
    /// Whether a `!` stands before it.
    let removes: Bool
    /// The whole line, as `error_log` shows it: without the `!`.
    let text: String
    /// What stands before the condition.
    let parameters: String
    /// The filter behind `if`, as it was written; nil where there is none.
    let condition: String?

    /// Whether a line is about a histogram.
    static func isOne(_ line: Span<UInt8>) -> Bool {
        let word = line.withoutSpaceAtStart
        let start = word.count > 0 && word[0] == 0x21 ? 1 : 0
        guard word.extracting(start..<word.count).starts(with: "hist") else { return false }
        return word.count == start + 4 || isSeparator(word[start + 4])
    }

    /// Cuts a line for which ``isOne(_:)`` is true.
    ///
    /// - Throws: EINVAL for no parameters, an `if` without a filter, and what is no UTF-8.
    init(_ line: Span<UInt8>) throws(Errno) {
        let line = line.withoutSpaceAtStart
        let removes = line[0] == 0x21
        let start = (removes ? 1 : 0) + 4
        let behind = line.extracting(min(start + 1, line.count)..<line.count).withoutSpaceAtStart
        guard !behind.isEmpty, let text = String(exactly: behind) else { throw .invalidArgument }
        self.init(removes: removes, text: "hist:" + text, try Self.split(text))
    }

    /// A line of the engine's own, about which no error is logged by its own text.
    init(parameters: String, condition: String?, text: String) {
        self.init(removes: false, text: text, (parameters, condition))
    }

    private init(removes: Bool, text: String, _ parts: (parameters: String, condition: String?)) {
        self.removes = removes
        self.text = text
        // A minus is an operator in expressions.
        parameters = parts.parameters.split(separator: ".sym-offset", omittingEmptySubsequences: false)
            .joined(separator: ".symXoffset")
        condition = parts.condition
    }

    /// Where the condition begins: at an `if` with a blank on either side.
    private static func split(_ text: String) throws(Errno) -> (String, String?) {
        let bytes = Array(text.utf8)
        var index = 0
        while index + 1 < bytes.count {
            defer { index += 1 }
            guard bytes[index] == 0x69, bytes[index + 1] == 0x66 else { continue }
            if index == 0 { throw .invalidArgument }
            guard isBlank(bytes[index - 1]) else { continue }
            if index + 3 >= bytes.count { throw .invalidArgument }
            guard isBlank(bytes[index + 2]) else { continue }
            let parameters = String(decoding: bytes[..<(index - 1)], as: UTF8.self)
            let condition = String(decoding: bytes[(index + 3)...], as: UTF8.self)
            return (String(HistogramText.stripped(parameters[...])), condition)
        }
        return (text, nil)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
    private static func isSeparator(_ byte: UInt8) -> Bool { byte == 0x3A || isBlank(byte) }

    /// Where the `^` of an error about a text stands: the first place where the line has it, 0 where it has it not.
    func position(of part: String) -> Int {
        if part.isEmpty { return 0 }
        let whole = text.utf8Span.span
        let piece = part.utf8Span.span
        guard piece.count <= whole.count else { return 0 }
        for start in 0...(whole.count - piece.count)
        where whole.extracting(start..<(start + piece.count)).equals(piece) {
            return start
        }
        return 0
    }
}
