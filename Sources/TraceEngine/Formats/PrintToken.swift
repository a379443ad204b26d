/// One word of a print fmt.
struct PrintToken: BitwiseCopyable {
    /// What it is.
    enum Kind: UInt8 {
        case identifier, number, character, string, symbol, end
    }

    /// A sign of C.
    enum Symbol: UInt8 {
        case none, open, close, openBracket, closeBracket, openBrace, closeBrace
        case comma, semicolon, question, colon, dot, arrow, assign
        case tilde, exclamation, plus, minus, star, slash, percent, ampersand, bar, caret
        case shiftLeft, shiftRight, less, lessEqual, greater, greaterEqual, equal, notEqual, and, or
    }

    var kind: Kind
    var symbol: Symbol = .none
    /// Where it stands in the source; for a string without its quotes.
    var start: Int
    var end: Int
    var value: UInt64 = 0
    var type: CType = .int
}
