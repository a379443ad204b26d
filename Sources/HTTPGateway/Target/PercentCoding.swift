internal import Bytes

extension Span where Element == UInt8 {
    /// The byte that `%XX` at this place stands for; nil where it is no such thing.
    func percentEscape(at index: Int) -> UInt8? {
        guard index + 2 < count, let high = digit(self[index + 1]), let low = digit(self[index + 2]) else { return nil }
        return high << 4 | low
    }

    private func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}

extension ByteBuffer {
    /// Appends bytes of which only unreserved characters (RFC 3986) stand for themselves.
    ///
    /// - Parameters:
    ///   - bytes: a name, or a path with its slashes kept.
    ///   - keepsSlash: whether `/` is left as it is.
    mutating func append(percentEncoded bytes: Span<UInt8>, keepsSlash: Bool = false) {
        for index in bytes.indices {
            let byte = bytes[index]
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: append(byte)
            case 0x2F where keepsSlash: append(byte)
            default:
                append(0x25)
                append(Self.upperDigit(byte >> 4))
                append(Self.upperDigit(byte & 15))
            }
        }
    }

    private static func upperDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x41 + value - 10 }
}
