extension PrintLexer {
    /// The longest sign that begins here.
    mutating func symbol() throws(FormatError) -> PrintToken {
        let start = offset
        let byte = source[offset]
        let following = offset + 1 < source.count ? source[offset + 1] : 0
        let double = Self.double(byte, following)
        let single = Self.single(byte)
        guard double != .none || single != .none else { throw error("no word of C begins here", at: start) }
        offset += double != .none ? 2 : 1
        return PrintToken(
            kind: .symbol, symbol: double != .none ? double : single, start: start, end: offset)
    }

    private static func double(_ first: UInt8, _ second: UInt8) -> PrintToken.Symbol {
        switch (first, second) {
        case (0x2D, 0x3E): .arrow
        case (0x3C, 0x3C): .shiftLeft
        case (0x3E, 0x3E): .shiftRight
        case (0x3C, 0x3D): .lessEqual
        case (0x3E, 0x3D): .greaterEqual
        case (0x3D, 0x3D): .equal
        case (0x21, 0x3D): .notEqual
        case (0x26, 0x26): .and
        case (0x7C, 0x7C): .or
        default: .none
        }
    }

    private static func single(_ byte: UInt8) -> PrintToken.Symbol {
        switch byte {
        case 0x28: .open
        case 0x29: .close
        case 0x5B: .openBracket
        case 0x5D: .closeBracket
        case 0x7B: .openBrace
        case 0x7D: .closeBrace
        case 0x2C: .comma
        case 0x3B: .semicolon
        case 0x3F: .question
        case 0x3A: .colon
        case 0x2E: .dot
        case 0x3D: .assign
        case 0x7E: .tilde
        case 0x21: .exclamation
        case 0x2B: .plus
        case 0x2D: .minus
        case 0x2A: .star
        case 0x2F: .slash
        case 0x25: .percent
        case 0x26: .ampersand
        case 0x7C: .bar
        case 0x5E: .caret
        case 0x3C: .less
        case 0x3E: .greater
        default: .none
        }
    }
}
