internal import Bytes

/// The lines of a body, one after the other, without their newlines.
struct Lines: ~Escapable {
    private let bytes: Span<UInt8>
    private var offset = 0
    private var number = 0

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>) { self.bytes = bytes }

    /// Where the next line stands, and which it is, the first being 1.
    @_lifetime(self: copy self)
    mutating func next() -> (range: Range<Int>, number: Int)? {
        guard offset < bytes.count else { return nil }
        let start = offset
        while offset < bytes.count, bytes[offset] != 0x0A { offset += 1 }
        let end = offset
        offset += 1
        number += 1
        return (start..<end, number)
    }
}
