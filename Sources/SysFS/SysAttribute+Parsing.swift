internal import Bytes
internal import PseudoFS
internal import SystemPackage

extension SysAttribute.Write {
    /// Parses what was written, and hands it on.
    ///
    /// - Throws: EINVAL for what is no such value, ERANGE for a number out of bounds, both about the content; what the
    ///   model has against it.
    func take(_ bytes: Span<UInt8>) throws(Failure) {
        switch self {
        case .number(let bounds, let take):
            let number = try KernelNumber.unsigned(bytes)
            guard bounds.contains(number) else {
                throw Failure(
                    .outOfRange, "it is \(bounds.lowerBound) to \(bounds.upperBound), not \(number)", subject: .content)
            }
            try take(number)
        case .text(let bytesMax, let take):
            let line = bytes.withoutNewline
            guard line.count <= bytesMax, line.firstIndex(of: 0x0A) == nil, line.firstIndex(of: 0) == nil,
                let text = String(exactly: line)
            else {
                throw Failure(
                    .invalidArgument, "one line of text is expected, of at most \(bytesMax) bytes", subject: .content)
            }
            try take(text)
        case .flag(let take): try take(Self.flag(bytes))
        }
    }

    /// The first letter decides, after `o` the second, as in the kernel's `kstrtobool`.
    private static func flag(_ bytes: Span<UInt8>) throws(Failure) -> Bool {
        switch bytes.isEmpty ? 0 : bytes[0] | 0x20 {
        case 0x79, 0x74: return true  // y, t
        case 0x6E, 0x66: return false  // n, f
        case 0x31 where bytes[0] == 0x31: return true
        case 0x30 where bytes[0] == 0x30: return false
        case 0x6F where bytes.count > 1 && bytes[1] | 0x20 == 0x6E: return true  // on
        case 0x6F where bytes.count > 1 && bytes[1] | 0x20 == 0x66: return false  // off
        default: throw Failure(.invalidArgument, "1 or 0, y or n, on or off is expected", subject: .content)
        }
    }
}
