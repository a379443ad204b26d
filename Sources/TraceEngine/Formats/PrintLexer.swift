/// Cuts a print fmt into words of C.
struct PrintLexer {
    let source: [UInt8]
    var offset = 0

    init(source: [UInt8]) { self.source = source }

    mutating func next() throws(FormatError) -> PrintToken {
        while offset < source.count, [0x20, 0x09, 0x0A, 0x0D].contains(source[offset]) { offset += 1 }
        guard offset < source.count else { return PrintToken(kind: .end, start: offset, end: offset) }
        switch source[offset] {
        case 0x30...0x39: return try number()
        case 0x41...0x5A, 0x61...0x7A, 0x5F: return identifier()
        case 0x22: return try string()
        case 0x27: return try character()
        default: return try symbol()
        }
    }

    func error(_ reason: String, at place: Int) -> FormatError {
        FormatError(offset: place, in: source.span, reason: reason)
    }

    // MARK: words

    private mutating func identifier() -> PrintToken {
        let start = offset
        while offset < source.count, Self.isWord(source[offset]) { offset += 1 }
        return PrintToken(kind: .identifier, start: start, end: offset)
    }

    static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
        default: false
        }
    }

    private mutating func number() throws(FormatError) -> PrintToken {
        let start = offset
        var radix: UInt64 = 10
        if source[offset] == 0x30 {
            radix = 8
            if offset + 1 < source.count, source[offset + 1] | 0x20 == 0x78 {
                radix = 16
                offset += 2
            }
        }
        var value: UInt64 = 0
        while offset < source.count, let digit = Self.digit(source[offset]), digit < radix {
            value = value &* radix &+ digit
            offset += 1
        }
        var longs = 0
        var unsigned = false
        while offset < source.count, Self.isWord(source[offset]) {
            switch source[offset] | 0x20 {
            case 0x75: unsigned = true
            case 0x6C: longs += 1
            default: throw error("a number of C is expected", at: start)
            }
            offset += 1
        }
        let wide = longs > 0 || value > (unsigned || radix != 10 ? 0xFFFF_FFFF : 0x7FFF_FFFF)
        let isSigned = !unsigned && (wide ? value <= UInt64(Int64.max) : value <= 0x7FFF_FFFF)
        return PrintToken(
            kind: .number, start: start, end: offset, value: value,
            type: CType(size: wide ? 8 : 4, isSigned: isSigned))
    }

    static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case 0x30...0x39: UInt64(byte - 0x30)
        case 0x41...0x46: UInt64(byte - 0x41 + 10)
        case 0x61...0x66: UInt64(byte - 0x61 + 10)
        default: nil
        }
    }

    private mutating func string() throws(FormatError) -> PrintToken {
        let quote = offset
        offset += 1
        let start = offset
        while offset < source.count, source[offset] != 0x22 {
            offset += source[offset] == 0x5C ? 2 : 1
        }
        guard offset < source.count else { throw error("the string has no end", at: quote) }
        offset += 1
        return PrintToken(kind: .string, start: start, end: offset - 1)
    }

    private mutating func character() throws(FormatError) -> PrintToken {
        let start = offset
        offset += 1
        let from = offset
        while offset < source.count, source[offset] != 0x27 {
            offset += source[offset] == 0x5C ? 2 : 1
        }
        guard offset < source.count, offset > from else { throw error("a character is expected", at: start) }
        let bytes = Self.unescaped(source[from..<offset])
        offset += 1
        guard bytes.count == 1 else { throw error("one character is expected", at: start) }
        return PrintToken(kind: .character, start: start, end: offset, value: UInt64(bytes[0]))
    }

    /// Resolves the escapes of a C string; an escape not known stands for its own character.
    static func unescaped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let byte = bytes[index]
            index += 1
            guard byte == 0x5C, index < bytes.endIndex else {
                out.append(byte)
                continue
            }
            let escape = bytes[index]
            index += 1
            switch escape {
            case 0x6E: out.append(0x0A)
            case 0x74: out.append(0x09)
            case 0x72: out.append(0x0D)
            case 0x61: out.append(0x07)
            case 0x62: out.append(0x08)
            case 0x66: out.append(0x0C)
            case 0x76: out.append(0x0B)
            case 0x65: out.append(0x1B)
            case 0x78: out.append(numeric(bytes, &index, radix: 16, digits: 2, first: 0))
            case 0x30...0x37:
                out.append(numeric(bytes, &index, radix: 8, digits: 2, first: UInt64(escape - 0x30)))
            default: out.append(escape)
            }
        }
        return out
    }

    private static func numeric(
        _ bytes: ArraySlice<UInt8>, _ index: inout Int, radix: UInt64, digits: Int, first: UInt64
    ) -> UInt8 {
        var value = first
        var taken = 0
        while taken < digits, index < bytes.endIndex, let digit = digit(bytes[index]), digit < radix {
            value = value * radix + digit
            index += 1
            taken += 1
        }
        return UInt8(truncatingIfNeeded: value)
    }
}
