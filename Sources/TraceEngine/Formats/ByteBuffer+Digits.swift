package import Bytes

extension ByteBuffer {
    /// Appends a number in decimal digits: a concrete sibling of `append(decimal:)` for the paths that run for each
    /// record.
    ///
    /// Called across modules the generic one is not specialized and costs some 100 ns where this costs 5 to 10.
    ///
    /// - Parameters:
    ///   - value: the number.
    ///   - isNegative: whether a minus stands before it.
    ///   - width: at least so many characters; spaces before the sign, or zeroes behind it.
    ///   - zeroes: whether zeroes fill the width.
    package mutating func append(
        digits value: UInt64, isNegative: Bool = false, width: Int = 0, zeroes: Bool = false
    ) {
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var first = 20
        var rest = value
        repeat {
            first -= 1
            digits[first] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest != 0
        let missing = width - (20 - first) - (isNegative ? 1 : 0)
        if !zeroes { append(repeating: 0x20, count: missing) }
        if isNegative { append(0x2D) }
        if zeroes { append(repeating: 0x30, count: missing) }
        append(digits.span.extracting(first..<20))
    }

    /// Appends a signed number in decimal digits.
    package mutating func append(signed value: Int64, width: Int = 0) {
        append(digits: value.magnitude, isNegative: value < 0, width: width)
    }
}
