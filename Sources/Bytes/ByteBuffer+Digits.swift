extension ByteBuffer {
    /// Appends a number in decimal digits: what `append(decimal:)` does, for the paths that run for each record.
    ///
    /// Two digits a step, straight into the buffer: some 5 ns for a small number, 15 for a time.
    ///
    /// - Parameters:
    ///   - value: the number.
    ///   - isNegative: whether a minus stands before it.
    ///   - width: at least so many characters; spaces before the sign, or zeroes behind it.
    ///   - zeroes: whether zeroes fill the width.
    public mutating func append(
        digits value: UInt64, isNegative: Bool = false, width: Int = 0, zeroes: Bool = false
    ) {
        let digits = Self.digitCount(of: value)
        let sign = isNegative ? 1 : 0
        let missing = max(width - digits - sign, 0)
        reserve(missing + sign + digits)
        var place = unsafe base + held
        if missing > 0, !zeroes {
            unsafe place.update(repeating: 0x20, count: missing)
            unsafe place += missing
        }
        if isNegative {
            unsafe place.pointee = 0x2D
            unsafe place += 1
        }
        if missing > 0, zeroes {
            unsafe place.update(repeating: 0x30, count: missing)
            unsafe place += missing
        }
        unsafe Self.write(value, endingAt: place + digits)
        held += missing + sign + digits
    }

    /// Appends a signed number in decimal digits.
    public mutating func append(signed value: Int64, width: Int = 0) {
        append(digits: value.magnitude, isNegative: value < 0, width: width)
    }

    @unsafe private static func write(_ value: UInt64, endingAt end: UnsafeMutablePointer<UInt8>) {
        var place = unsafe end
        var rest = value
        let pairs = unsafe Self.pairs.utf8Start
        while rest >= 100 {
            let pair = Int(truncatingIfNeeded: rest % 100) &* 2
            rest /= 100
            unsafe place -= 2
            unsafe place[0] = pairs[pair]
            unsafe place[1] = pairs[pair &+ 1]
        }
        if rest >= 10 {
            let pair = Int(truncatingIfNeeded: rest) &* 2
            unsafe place[-2] = pairs[pair]
            unsafe place[-1] = pairs[pair &+ 1]
        } else {
            unsafe place[-1] = 0x30 + UInt8(truncatingIfNeeded: rest)
        }
    }

    /// How many digits a number has; a handful of comparisons, which a series of alike numbers foretells.
    private static func digitCount(of value: UInt64) -> Int {
        if value < 10_000 { return value < 100 ? (value < 10 ? 1 : 2) : (value < 1000 ? 3 : 4) }
        if value < 100_000_000 {
            return value < 1_000_000 ? (value < 100_000 ? 5 : 6) : (value < 10_000_000 ? 7 : 8)
        }
        if value < 1_000_000_000_000 {
            return value < 10_000_000_000 ? (value < 1_000_000_000 ? 9 : 10) : (value < 100_000_000_000 ? 11 : 12)
        }
        if value < 10_000_000_000_000_000 {
            return value < 100_000_000_000_000
                ? (value < 10_000_000_000_000 ? 13 : 14) : (value < 1_000_000_000_000_000 ? 15 : 16)
        }
        if value < 1_000_000_000_000_000_000 { return value < 100_000_000_000_000_000 ? 17 : 18 }
        return value < 10_000_000_000_000_000_000 ? 19 : 20
    }

    private static var pairs: StaticString {
        """
        0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
        5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
        """
    }
}
