/// Sizes as people write them: `4096`, `64K`, `8M`, `1G`.
public enum Size {
    /// Reads a whole number with K, M, G or T, in either case, for powers of 1024; nil for anything else, such as
    /// `1.5G`, `-1`, `1Q` or what exceeds 64 bits.
    public static func parse(_ text: Span<UInt8>) -> UInt64? {
        guard let last = text.indices.last else { return nil }
        let shift: UInt64
        switch text[last] | 0x20 {
        case 0x6B: shift = 10
        case 0x6D: shift = 20
        case 0x67: shift = 30
        case 0x74: shift = 40
        default: shift = 0
        }
        let digits = text.extracting(0..<(shift == 0 ? text.count : last))
        if digits.isEmpty { return nil }
        var value: UInt64 = 0
        for index in digits.indices {
            guard digits[index] >= 0x30, digits[index] <= 0x39 else { return nil }
            let (product, isLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, isLarger) = product.addingReportingOverflow(UInt64(digits[index] - 0x30))
            if isLarge || isLarger { return nil }
            value = sum
        }
        let (product, overflow) = value.multipliedReportingOverflow(by: 1 << shift)
        return overflow ? nil : product
    }

    /// The same, out of a string.
    public static func parse(_ text: some StringProtocol) -> UInt64? { parse(Array(text.utf8).span) }
}
