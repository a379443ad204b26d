internal import Bytes
internal import SystemPackage

/// Integers as JSON brings them: numbers, strings with digits, true and false.
enum JSONNumber {
    /// The bits of a value for a field.
    ///
    /// - Throws: EINVAL where it is no integer, ERANGE where it does not fit `size` bytes of the field's sign.
    static func number(_ value: JSONValue, of field: EventField, size: Int) throws(RecordError) -> UInt64 {
        let text: String
        switch value {
        case .boolean(let flag): return flag ? 1 : 0
        case .number(let digits): text = digits
        case .string(let digits): text = digits
        default: throw RecordError(field: field.name, reason: "takes an integer", errno: .invalidArgument)
        }
        guard let (magnitude, isNegative) = try parsed(text, field) else {
            throw RecordError(
                field: field.name, reason: "takes an integer, not \(text.prefix(40))", errno: .invalidArgument)
        }
        let positiveMax = largest(of: field, size: size)
        let fits =
            isNegative
            ? magnitude == 0 || (field.isSigned && magnitude <= positiveMax + 1) : magnitude <= positiveMax
        guard fits else {
            let least = field.isSigned ? "-\(positiveMax + 1)" : "0"
            throw RecordError(field: field.name, reason: "takes \(least) to \(positiveMax)", errno: .outOfRange)
        }
        return isNegative ? 0 &- magnitude : magnitude
    }

    /// The largest number that a field takes; one more, negated, is the least of one with a sign.
    static func largest(of field: EventField, size: Int) -> UInt64 {
        let unsignedMax = field.type == "bool" ? 1 : size >= 8 ? UInt64.max : (1 << UInt64(size * 8)) - 1
        return field.isSigned ? unsignedMax >> 1 : unsignedMax
    }

    /// The magnitude and the sign of decimal digits or `0x…`; nil where they are none.
    private static func parsed(
        _ text: String, _ field: EventField
    ) throws(RecordError) -> (UInt64, Bool)? {
        let bytes = text.utf8Span.span
        var index = 0
        let isNegative = bytes.count > 0 && bytes[0] == 0x2D
        if isNegative { index = 1 }
        let isHexadecimal = bytes.count > index + 2 && bytes[index] == 0x30 && bytes[index + 1] | 0x20 == 0x78
        if isHexadecimal { index += 2 }
        guard index < bytes.count else { return nil }
        let radix: UInt64 = isHexadecimal ? 16 : 10
        var magnitude: UInt64 = 0
        var overflows = false
        while index < bytes.count {
            guard let digit = PrintLexer.digit(bytes[index]), digit < radix else { return nil }
            let (product, first) = magnitude.multipliedReportingOverflow(by: radix)
            let (sum, second) = product.addingReportingOverflow(digit)
            magnitude = sum
            overflows = overflows || first || second
            index += 1
        }
        if overflows {
            throw RecordError(field: field.name, reason: "the number has more than 64 bits", errno: .outOfRange)
        }
        return (magnitude, isNegative)
    }

    /// The bytes of digits in pairs, or nil.
    static func bytes(hexadecimal text: String) -> [UInt8]? {
        var result: [UInt8] = []
        var high: UInt8?
        for byte in text.utf8 {
            guard let value = PrintLexer.digit(byte) else { return nil }
            let digit = UInt8(truncatingIfNeeded: value)
            if let first = high {
                result.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return high == nil ? result : nil
    }
}
