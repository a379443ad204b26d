internal import Bytes
internal import SystemPackage

/// Numbers as the kernel's `kstrtoul` takes them from a control file.
///
/// Decimal digits with at most one `+` before and one newline behind; no spaces, no `0x`, no minus: ` 1`, `0x1`, `on`
/// and the empty write are EINVAL, what exceeds 64 bits is ERANGE (recorded from Linux 6.18).
public enum KernelNumber {
    /// Reads a number.
    ///
    /// - Throws: EINVAL, ERANGE, about the content.
    public static func unsigned(_ bytes: Span<UInt8>) throws(Failure) -> UInt64 {
        let text = bytes.withoutNewline
        var index = text.count > 0 && text[0] == 0x2B ? 1 : 0
        guard index < text.count else { throw Failure(.invalidArgument, "a number is expected", subject: .content) }
        var value: UInt64 = 0
        var overflow = false
        while index < text.count {
            guard text[index] >= 0x30, text[index] <= 0x39 else {
                throw Failure(.invalidArgument, "a decimal number is expected", subject: .content)
            }
            let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, tooLargeToo) = product.addingReportingOverflow(UInt64(text[index] - 0x30))
            overflow = overflow || tooLarge || tooLargeToo
            value = sum
            index += 1
        }
        if overflow { throw Failure(.outOfRange, "the number exceeds 64 bits", subject: .content) }
        return value
    }

    /// Reads 0 or 1, as `enable` takes them.
    ///
    /// - Throws: EINVAL for anything else.
    public static func zeroOrOne(_ bytes: Span<UInt8>) throws(Failure) -> Bool {
        switch try unsigned(bytes) {
        case 0: return false
        case 1: return true
        default: throw Failure(.invalidArgument, "0 or 1 is expected", subject: .content)
        }
    }

    /// Whether a write turns something off: it is `0`, however that is spelt.
    public static func isZero(_ bytes: Span<UInt8>) -> Bool { (try? unsigned(bytes)) == 0 }
}
