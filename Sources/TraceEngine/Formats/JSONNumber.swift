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
        let bits = UInt64(size * 8)
        let unsignedMax = field.type == "bool" ? 1 : size == 8 ? UInt64.max : (1 << bits) - 1
        let positiveMax = field.isSigned ? unsignedMax >> 1 : unsignedMax
        let fits = isNegative ? magnitude == 0 || (field.isSigned && magnitude <= positiveMax + 1) : magnitude <= positiveMax
        guard fits else {
            let least = field.isSigned ? "-\(positiveMax + 1)" : "0"
            throw RecordError(field: field.name, reason: "takes \(least) to \(positiveMax)", errno: .outOfRange)
        }
        return isNegative ? 0 &- magnitude : magnitude
    }

    private static func parsed(
        _ text: String, _ field: EventField
    ) throws(RecordError) -> (UInt64, Bool)? {
        var digits = Substring(text)
        let isNegative = digits.first == "-"
        if isNegative { digits = digits.dropFirst() }
        let isHexadecimal = digits.hasPrefix("0x") || digits.hasPrefix("0X")
        if isHexadecimal { digits = digits.dropFirst(2) }
        guard !digits.isEmpty, digits.utf8.allSatisfy({ isHexadecimal ? hexadecimal($0) != nil : $0 >= 0x30 && $0 <= 0x39 })
        else { return nil }
        guard let magnitude = UInt64(digits, radix: isHexadecimal ? 16 : 10) else {
            throw RecordError(field: field.name, reason: "the number has more than 64 bits", errno: .outOfRange)
        }
        return (magnitude, isNegative)
    }

    /// The bytes of digits in pairs, or nil.
    static func bytes(hexadecimal text: String) -> [UInt8]? {
        var result: [UInt8] = []
        var high: UInt8?
        for byte in text.utf8 {
            guard let digit = hexadecimal(byte) else { return nil }
            if let first = high {
                result.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return high == nil ? result : nil
    }

    private static func hexadecimal(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
