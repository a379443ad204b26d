/// Sizes as people write them: `4096`, `64K`, `8M`, `1G`.
enum Size {
    /// Reads a whole number with K, M, G or T, in either case, for powers of 1024; nil for anything else, such as
    /// `1.5G`, `-1`, `1Q` or what exceeds 64 bits.
    static func parse(_ text: Substring) -> UInt64? {
        let shift: UInt64
        switch text.utf8.last {
        case 0x4B, 0x6B: shift = 10
        case 0x4D, 0x6D: shift = 20
        case 0x47, 0x67: shift = 30
        case 0x54, 0x74: shift = 40
        default: shift = 0
        }
        let digits = text.utf8.dropLast(shift == 0 ? 0 : 1)
        guard !digits.isEmpty, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        guard let value = UInt64(String(Substring(digits))) else { return nil }
        let (product, overflow) = value.multipliedReportingOverflow(by: 1 << shift)
        return overflow ? nil : product
    }
}
