internal import Bytes

/// The text of a filter, which ends with a NUL that is not stored: looking beyond the end finds it.
///
/// Classes of characters are those of the kernel's `ctype`, which reads bytes as Latin-1: a no-break space is white
/// space, and the bytes of accented letters are letters.
struct FilterText: ~Escapable {
    private let bytes: Span<UInt8>

    /// Takes a text up to its first NUL.
    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) { self.bytes = bytes.untilNUL }

    /// Bytes before the end.
    var count: Int { bytes.count }

    /// The byte at an index, 0 at the end and beyond.
    subscript(index: Int) -> UInt8 { index < bytes.count ? bytes[index] : 0 }

    /// Some of the bytes.
    @_lifetime(copy self)
    func slice(_ range: Range<Int>) -> Span<UInt8> { bytes.extracting(range) }

    /// Whether ASCII text stands at an index.
    func has(_ word: String, at index: Int) -> Bool {
        index <= count && slice(index..<count).starts(with: word)
    }

    /// The first index from one on that is no white space.
    func skippingSpace(from index: Int) -> Int {
        var index = index
        while Self.isSpace(self[index]) { index += 1 }
        return index
    }

    /// The first index from one on that is neither letter nor digit.
    func skippingWord(from index: Int, underscore: Bool) -> Int {
        var index = index
        while Self.isAlphanumeric(self[index]) || (underscore && self[index] == 0x5F) { index += 1 }
        return index
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) || byte == 0xA0 }

    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0xFF: true
        default: false
        }
    }
}

extension Span where Element == UInt8 {
    /// The bytes without white space at their start.
    var withoutSpaceAtStart: Span<UInt8> {
        @_lifetime(copy self)
        get { extracting(FilterText(self).skippingSpace(from: 0)..<count) }
    }

    /// The bytes without white space at their end, as the kernel's `strstrip` leaves them.
    var withoutSpaceAtEnd: Span<UInt8> {
        @_lifetime(copy self)
        get {
            var end = count
            while end > 0, FilterText.isSpace(self[end - 1]) { end -= 1 }
            return extracting(0..<end)
        }
    }
}
