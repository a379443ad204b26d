public import Bytes
public import SystemPackage

/// A set of CPU lanes in the kernel's text: hexadecimal digits, in groups of 32 lanes between commas (`tracing_cpumask`).
///
/// A value.
public struct LaneMask: Sendable, Equatable {
    /// How many lanes there are.
    public let count: Int
    /// 32 lanes a word, the lowest first.
    private var words: [UInt32]

    /// All lanes.
    public init(all count: Int) {
        self.count = count
        words = (0..<((count + 31) / 32)).map { Self.width(of: $0, count: count).mask }
    }

    /// Reads a mask as the kernel's `bitmap_parse` does.
    ///
    /// - Parameters:
    ///   - text: up to a newline; groups are separated by commas or white space. Of none, no lane is meant.
    ///   - count: how many lanes there are.
    /// - Throws: `EINVAL` for what is no hexadecimal digit, `EOVERFLOW` for a group of more than eight digits, more
    ///   groups than there are, and a lane beyond the last.
    public init(parsing text: Span<UInt8>, of count: Int) throws(Errno) {
        self.count = count
        words = [UInt32](repeating: 0, count: (count + 31) / 32)
        var end = text.firstIndex(of: 0x0A) ?? text.count
        var group = 0
        while true {
            while end > 0, Self.separates(text[end - 1]) { end -= 1 }
            if end == 0 { break }
            guard group < words.count else { throw .overflow }
            words[group] = try Self.word(text, &end)
            group += 1
        }
        for index in words.indices where words[index] & ~Self.width(of: index, count: count).mask != 0 {
            throw .overflow
        }
    }

    /// Whether a lane is in it.
    public func contains(_ lane: Int) -> Bool { words[lane / 32] & 1 << UInt32(lane % 32) != 0 }

    /// Appends the text, without a newline.
    public func append(to out: inout ByteBuffer) {
        for index in words.indices.reversed() {
            out.append(hexadecimal: UInt64(words[index]), width: Self.width(of: index, count: count).digits)
            if index > 0 { out.append(0x2C) }
        }
    }

    /// Reads the group that ends at a place, from its last digit on.
    private static func word(_ text: Span<UInt8>, _ end: inout Int) throws(Errno) -> UInt32 {
        var word: UInt32 = 0
        for place in 0..<8 {
            end -= 1
            guard let digit = digit(text[end]) else { throw .invalidArgument }
            word |= digit << UInt32(place * 4)
            if end == 0 || separates(text[end - 1]) { return word }
        }
        // A ninth digit is one too many; anything else in its place is passed over.
        end -= 1
        guard digit(text[end]) == nil else { throw .overflow }
        return word
    }

    private static func separates(_ byte: UInt8) -> Bool {
        byte == 0x2C || byte == 0x20 || (byte >= 0x09 && byte <= 0x0D)
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46, 0x61...0x66: UInt32((byte | 0x20) - 0x61 + 10)
        default: nil
        }
    }

    /// Which bits of a word are lanes, and how many digits it is shown with.
    private static func width(of word: Int, count: Int) -> (mask: UInt32, digits: Int) {
        let bits = min(count - word * 32, 32)
        return (bits == 32 ? .max : 1 << UInt32(bits) - 1, (bits + 3) / 4)
    }
}
