/// Integers as the kernel's `kstrtoull` and `kstrtoll` read them with base 0.
///
/// `0x` begins hexadecimal digits, `0` octal ones: `0x10`, `020` and `16` are the same. No white space, no sign but the
/// one minus, nothing behind.
enum KernelInteger {
    /// Reads a number without a sign; nil for what is none, or exceeds 64 bits.
    static func unsigned(_ text: Span<UInt8>) -> UInt64? {
        var index = 0
        var base: UInt64 = 10
        if text.count > 0, text[0] == 0x30 {
            base = 8
            if text.count > 2, text[1] | 0x20 == 0x78, digit(text[2]) != nil {
                base = 16
                index = 2
            }
        }
        guard index < text.count else { return nil }
        var value: UInt64 = 0
        while index < text.count {
            guard let digit = digit(text[index]), digit < base else { return nil }
            let (product, tooLarge) = value.multipliedReportingOverflow(by: base)
            let (sum, tooLargeToo) = product.addingReportingOverflow(digit)
            if tooLarge || tooLargeToo { return nil }
            value = sum
            index += 1
        }
        return value
    }

    /// Reads a number that may begin with a minus; nil for what is none, or exceeds 64 bits.
    static func signed(_ text: Span<UInt8>) -> Int64? {
        if text.count > 0, text[0] == 0x2D {
            guard let value = unsigned(text.extracting(1..<text.count)), value <= 1 << 63 else { return nil }
            return Int64(truncatingIfNeeded: 0 &- value)
        }
        return unsigned(text).flatMap { Int64(exactly: $0) }
    }

    private static func digit(_ byte: UInt8) -> UInt64? {
        switch byte {
        case 0x30...0x39: UInt64(byte - 0x30)
        case 0x41...0x46, 0x61...0x66: UInt64((byte | 0x20) - 0x61 + 10)
        default: nil
        }
    }
}
