internal import Bytes
internal import PseudoFS
internal import SystemPackage

/// Numbers as `kstrtoull` and `kstrtoll` take them with base 0, which is how simple attributes read what is written.
///
/// One sign, `+` or for signed ones also `-`; then `0x` for hexadecimal digits in either case, `0` for octal ones, else
/// decimal ones; one newline at the end. No spaces. (lib/kstrtox.c, Linux 6.18)
enum SimpleNumber {
    /// - Throws: EINVAL where it is no number, ERANGE where it exceeds 64 bits.
    static func unsigned(_ bytes: Span<UInt8>) throws(Failure) -> UInt64 {
        let text = bytes.withoutNewline
        return try magnitude(text, from: text.count > 0 && text[0] == 0x2B ? 1 : 0)
    }

    /// - Throws: EINVAL where it is no number, ERANGE where it exceeds 64 bits with its sign.
    static func signed(_ bytes: Span<UInt8>) throws(Failure) -> Int64 {
        let text = bytes.withoutNewline
        guard text.count > 0, text[0] == 0x2D else {
            guard let number = Int64(exactly: try unsigned(bytes)) else { throw outOfRange }
            return number
        }
        let magnitude = try magnitude(text, from: 1)
        guard magnitude <= Int64.min.magnitude else { throw outOfRange }
        return Int64(truncatingIfNeeded: 0 &- magnitude)
    }

    private static func magnitude(_ text: Span<UInt8>, from start: Int) throws(Failure) -> UInt64 {
        var index = start
        var base: UInt64 = 10
        if index < text.count, text[index] == 0x30 {
            let isHexadecimal =
                index + 2 < text.count && text[index + 1] | 0x20 == 0x78 && digit(text[index + 2]) < 16
            base = isHexadecimal ? 16 : 8
            index += isHexadecimal ? 2 : 0
        }
        guard index < text.count else { throw notANumber }
        var number: UInt64 = 0
        var isTooLarge = false
        while index < text.count {
            let digit = digit(text[index])
            guard digit < base else { throw notANumber }
            let (product, isLarge) = number.multipliedReportingOverflow(by: base)
            let (sum, isLarger) = product.addingReportingOverflow(digit)
            isTooLarge = isTooLarge || isLarge || isLarger
            number = sum
            index += 1
        }
        if isTooLarge { throw outOfRange }
        return number
    }

    private static func digit(_ byte: UInt8) -> UInt64 {
        switch byte {
        case 0x30...0x39: UInt64(byte - 0x30)
        case 0x41...0x46: UInt64(byte - 0x41 + 10)
        case 0x61...0x66: UInt64(byte - 0x61 + 10)
        default: .max
        }
    }

    private static var notANumber: Failure {
        Failure(.invalidArgument, "a number is expected: decimal, 0x and hexadecimal, 0 and octal", subject: .content)
    }

    static var outOfRange: Failure { Failure(.outOfRange, "the number does not fit its type", subject: .content) }
}

/// A truth value as `kstrtobool` takes it: only its first bytes count (Linux 6.18).
enum SimpleBool {
    /// - Throws: EINVAL for anything but a word that begins with one of `EeYyTt1DdNnFf0`, or with `on` or `of`.
    static func parse(_ bytes: Span<UInt8>) throws(Failure) -> Bool {
        switch bytes.count > 0 ? bytes[0] | 0x20 : 0 {
        case 0x65, 0x79, 0x74: return true  // e, y, t
        case 0x64, 0x6E, 0x66: return false  // d, n, f
        case 0x6F where bytes.count > 1 && bytes[1] | 0x20 == 0x6E: return true  // on
        case 0x6F where bytes.count > 1 && bytes[1] | 0x20 == 0x66: return false  // off
        case 0x31 where bytes[0] == 0x31: return true
        case 0x30 where bytes[0] == 0x30: return false
        default:
            throw Failure(.invalidArgument, "y, t, e, 1, on, or n, f, d, 0, off is expected", subject: .content)
        }
    }
}
