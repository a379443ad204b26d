extension ByteBuffer {
    /// Appends a number's bytes, the low ones first.
    @inlinable
    public mutating func append(littleEndian number: some FixedWidthInteger) {
        for index in 0..<(number.bitWidth / 8) { append(UInt8(truncatingIfNeeded: number >> (index * 8))) }
    }

    /// Appends a number in decimal digits: `-42`.
    ///
    /// - Parameters:
    ///   - value: any integer.
    ///   - width: at least so many characters; the rest is padding on the left, after the sign for `0`.
    ///   - padding: a space or `0`.
    @inlinable public mutating func append(decimal value: some BinaryInteger, width: Int = 0, padding: UInt8 = 0x20) {
        // Inlined, for unspecialised it costs more than the digits: every conversion goes through a witness table.
        let negative = value < 0
        append(magnitude: UInt64(value.magnitude), negative: negative, radix: 10, width: width, padding: padding)
    }

    /// Appends a number in lower-case hexadecimal digits, without a prefix: `ff`.
    ///
    /// - Parameters:
    ///   - value: the bits to show.
    ///   - width: at least so many digits; zeroes fill them.
    public mutating func append(hexadecimal value: UInt64, width: Int = 0) {
        append(magnitude: value, negative: false, radix: 16, width: width, padding: 0x30)
    }

    /// Appends a number in octal digits, without a prefix: `640`.
    ///
    /// - Parameters:
    ///   - value: the bits to show.
    ///   - width: at least so many digits; zeroes fill them.
    public mutating func append(octal value: UInt64, width: Int = 0) {
        append(magnitude: value, negative: false, radix: 8, width: width, padding: 0x30)
    }

    @usableFromInline mutating func append(
        magnitude: UInt64, negative: Bool, radix: UInt64, width: Int, padding: UInt8
    ) {
        var digits = InlineArray<24, UInt8>(repeating: 0)
        var first = 24
        var rest = magnitude
        if radix == 10 {
            // A division by what is known here is a multiplication.
            repeat {
                first -= 1
                digits[first] = 0x30 + UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest != 0
        } else {
            let shift = UInt64(radix.trailingZeroBitCount)
            repeat {
                first -= 1
                let digit = UInt8(truncatingIfNeeded: rest & (radix - 1))
                digits[first] = digit < 10 ? 0x30 + digit : 0x61 + digit - 10
                rest >>= shift
            } while rest != 0
        }
        let missing = width - (24 - first) - (negative ? 1 : 0)
        if padding == 0x20 { append(repeating: 0x20, count: missing) }
        if negative { append(0x2D) }
        if padding != 0x20 { append(repeating: padding, count: missing) }
        append(digits.span.extracting(first..<24))
    }
}
