internal import Bytes

/// How a recording is laid out; all numbers little-endian.
///
/// ```
/// magic     8 bytes   89 6A 53 52 0D 0A 1A 0A: a transfer as text would damage it, as in PNG
/// version   u16       1
/// zero      u16
/// length    u32       of the header's JSON, at most 64 KiB
/// hash      u64       of the 16 bytes above and of the JSON; the seed of all hashes below
/// JSON      length    see ``RecordingHeader``
/// blocks, until one of kind end
/// ```
/// A block is 32 bytes of head and a payload. Nothing is believed before its hash was right; what begins a block is known
/// in it, so each can be read alone.
///
/// ```
/// kind      u8        1 traffic, 2 end
/// zero      u24
/// length    u32       of the payload, at most 64 KiB
/// entries   u32       in the payload
/// sequence  u32       0, 1, 2, …
/// hash      u64       of the payload
/// hash      u64       of the 24 bytes above
/// payload   length
/// ```
/// An entry of traffic is a byte, then variable-length integers (7 bits a byte, the low ones first, as LEB128):
///
/// ```
/// bits 0…2  what     0 put, 1 get, 2 discard, 3 spill; 4 events were lost: their number follows, 0 where it is unknown
/// bits 3, 4 where    0 the page behind the previous one, 1 the same, 2 pages from it (zigzag) follow, 3 sectors (zigzag)
/// bits 5, 6 length   0 none, 1 4096, 2 it follows, 3 as before
/// bit 7     when     the time went back
/// then where, length, nanoseconds since the previous entry, duration
/// ```
/// The payload of the end has the number of operations, of gaps, and of events known to be lost in them.
enum RecordingFormat {
    static let magic: [UInt8] = [0x89, 0x6A, 0x53, 0x52, 0x0D, 0x0A, 0x1A, 0x0A]
    static let version: UInt16 = 1
    /// Bytes before the header's JSON.
    static let prefixBytes = 24
    /// Bytes of the header's JSON, at most.
    static let headerBytesMax = 1 << 16
    /// Bytes before a block's payload.
    static let headBytes = 32
    /// Bytes of a payload, at most.
    static let payloadBytesMax = 1 << 16
    /// From so many bytes on a writer begins another block.
    static let payloadBytes = 1 << 15

    /// What a block holds.
    enum Block: UInt8 {
        case traffic = 1
        case end = 2
    }

    /// The byte of an entry.
    enum Tag {
        static let lost: UInt8 = 4
        static let kindMask: UInt8 = 7
        static let nextPage: UInt8 = 0
        static let samePage: UInt8 = 1 << 3
        static let pagesAway: UInt8 = 2 << 3
        static let sectorsAway: UInt8 = 3 << 3
        static let placeMask: UInt8 = 3 << 3
        static let noLength: UInt8 = 0
        static let wholeLength: UInt8 = 1 << 5
        static let otherLength: UInt8 = 2 << 5
        static let sameLength: UInt8 = 3 << 5
        static let lengthMask: UInt8 = 3 << 5
        static let backwards: UInt8 = 1 << 7
    }

    /// What an entry is told relative to; a block begins with zeros.
    struct Before {
        var sector: UInt64 = 0
        var storedBytes: UInt32 = 0
        var time: UInt64 = 0
    }

    /// The hash of a header.
    static func hash(prefix: Span<UInt8>, json: Span<UInt8>) -> UInt64 {
        Hash64.ofMany(json, seed: Hash64.of(prefix, seed: 0x5377_6170_5265_706C))
    }
}

extension ByteBuffer {
    /// Appends the low bytes of a number, the lowest first.
    mutating func append(_ number: UInt64, bytes: Int) {
        for index in 0..<bytes { append(UInt8(truncatingIfNeeded: number >> UInt64(index * 8))) }
    }

    /// Appends a number, 7 bits a byte.
    mutating func append(varint number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }
}

extension Span where Element == UInt8 {
    /// A number of so many bytes, which are there.
    func number(at offset: Int, bytes: Int) -> UInt64 {
        (0..<bytes).reduce(0) { $0 | UInt64(self[offset + $1]) << UInt64($1 * 8) }
    }

    /// Takes a number of 7 bits a byte; nil where it has no end, or more than 64 bits.
    @inline(__always)
    func varint(at offset: inout Int) -> UInt64? {
        var number: UInt64 = 0
        var shift: UInt64 = 0
        while offset < count {
            let byte = self[offset]
            offset += 1
            if shift == 63, byte > 1 { return nil }
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
            shift += 7
        }
        return nil
    }
}

/// Small numbers of either sign as small numbers: 0, -1, 1, -2, …
enum Zigzag {
    static func encode(_ number: Int64) -> UInt64 { UInt64(bitPattern: number << 1 ^ number >> 63) }
    static func decode(_ number: UInt64) -> Int64 { Int64(bitPattern: number >> 1 ^ (0 &- (number & 1))) }
}
