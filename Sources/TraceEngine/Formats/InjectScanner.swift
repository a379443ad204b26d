internal import Bytes
internal import SystemPackage

/// Reads `field=value` pairs as the kernel's `parse_field` does.
struct InjectScanner: ~Escapable {
    /// What stands behind the `=`.
    enum Value {
        case number(UInt64)
        case text([UInt8])
    }

    private let text: Span<UInt8>
    private(set) var offset = 0
    /// The kernel's page.
    static var lengthMax: Int { 4096 }
    /// The kernel's `MAX_FILTER_STR_VAL`.
    static var textMax: Int { 255 }

    @_lifetime(copy text)
    init(_ text: Span<UInt8>) { self.text = text.trimmed.untilNUL }

    /// The next field's name, or nil at the end.
    @_lifetime(self: copy self)
    mutating func name() throws(RecordError) -> String? {
        if offset >= text.count { return nil }
        skipSpace()
        let start = offset
        while offset < text.count, PrintLexer.isWord(text[offset]) { offset += 1 }
        if offset == start { throw error(nil, "a field's name is expected", .invalidArgument) }
        return String(repairing: text.extracting(start..<offset))
    }

    /// `= number` or `= "text"`.
    @_lifetime(self: copy self)
    mutating func value(of field: EventField) throws(RecordError) -> Value {
        skipSpace()
        guard peek == 0x3D else { throw error(field, "= is expected", .invalidArgument) }
        offset += 1
        skipSpace()
        switch peek {
        case 0x2D, 0x30...0x39: return .number(try number(of: field))
        case 0x22, 0x27: return .text(try quoted(field))
        default: throw error(field, "a number or a text in quotes is expected", .invalidArgument)
        }
    }

    // MARK: values

    @_lifetime(self: copy self)
    private mutating func number(of field: EventField) throws(RecordError) -> UInt64 {
        if field.isText { throw error(field, "takes a text in quotes", .invalidArgument) }
        let start = offset
        let isNegative = peek == 0x2D
        if isNegative { offset += 1 }
        let first = offset
        while offset < text.count, PrintLexer.isWord(text[offset]), text[offset] != 0x5F { offset += 1 }
        if offset < text.count, !isSpace(text[offset]) { throw error(field, "a space is expected", .invalidArgument) }
        let digits = text.extracting(first..<offset)
        guard let (magnitude, overflows) = parsed(digits), !isNegative || field.isSigned else {
            throw RecordError(
                field: field.name, offset: start, reason: "a number of its type is expected", errno: .invalidArgument)
        }
        let max = field.isSigned ? UInt64(Int64.max) + (isNegative ? 1 : 0) : UInt64.max
        if overflows || magnitude > max {
            throw RecordError(field: field.name, offset: start, reason: "more than 64 bits", errno: .outOfRange)
        }
        return isNegative ? 0 &- magnitude : magnitude
    }

    /// As `kstrtoull` with base 0; nil where it is no number.
    private func parsed(_ digits: Span<UInt8>) -> (UInt64, overflows: Bool)? {
        var radix: UInt64 = 10
        var index = 0
        if digits.count > 1, digits[0] == 0x30 {
            let isHexadecimal = digits.count > 2 && digits[1] | 0x20 == 0x78
            radix = isHexadecimal ? 16 : 8
            index = isHexadecimal ? 2 : 1
        }
        var value: UInt64 = 0
        var overflows = false
        guard index < digits.count else { return nil }
        while index < digits.count {
            guard let digit = PrintLexer.digit(digits[index]), digit < radix else { return nil }
            let (product, first) = value.multipliedReportingOverflow(by: radix)
            let (sum, second) = product.addingReportingOverflow(digit)
            value = sum
            overflows = overflows || first || second
            index += 1
        }
        return (value, overflows)
    }

    @_lifetime(self: copy self)
    private mutating func quoted(_ field: EventField) throws(RecordError) -> [UInt8] {
        if !field.isText { throw error(field, "takes a number", .invalidArgument) }
        let quote = peek
        offset += 1
        let start = offset
        while offset < text.count, text[offset] != quote {
            offset += text[offset] == 0x5C && offset + 1 < text.count ? 2 : 1
        }
        guard offset < text.count else { throw error(field, "the text has no end", .invalidArgument) }
        if offset - start > Self.textMax {
            throw error(field, "takes at most \(Self.textMax) bytes", .invalidArgument)
        }
        offset += 1
        return [UInt8](copying: text.extracting(start..<(offset - 1)))
    }

    // MARK: bytes

    private var peek: UInt8 { offset < text.count ? text[offset] : 0 }

    private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

    @_lifetime(self: copy self)
    private mutating func skipSpace() {
        while offset < text.count, isSpace(text[offset]) { offset += 1 }
    }

    private func error(_ field: EventField?, _ reason: String, _ errno: Errno) -> RecordError {
        RecordError(field: field?.name, offset: offset, reason: reason, errno: errno)
    }
}
