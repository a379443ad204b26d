internal import Bytes

/// How a snapshot is written: a preamble, blocks, and an end. Numbers are little-endian.
///
/// ```
/// preamble     "jitfsnap" | version u32: 1 | zero u32
/// block        kind u8 | zero u24 | length u32 | so many bytes | checksum u64
///   'S'        page bytes u32 | level i32 | disksize u64 | mem_limit u64 | codec u8 + name | pool u8 + name
///   'D'        dictionary u8, not 0 | kind u8: 1 raw, 2 full | zero u16 | its bytes
///   'P'        pages in rising order:
///     object   kind u8: 1 compressed, 2 huge | dictionary u8 | length u16 | page u32 | so many bytes
///     same     3 | 0 | 0 u16 | first page u32 | count u32 | word u64
///   'E'        pages u64 | objects u64 | dictionaries u32 | zero u32
/// ```
/// First comes one 'S', then 'P's, each 'D' somewhere before the first page that needs it, then 'E', and nothing behind
/// it. Numbers of dictionaries are the stream's own: a later 'D' of the same number takes the place of the one before. A block's checksum is the
/// ``Hash64/ofMany(_:seed:)`` of everything in it before, the seed being the checksum of the block before, and that of
/// the preamble at the beginning: so the last one is that of the whole, and no block can be left out or come elsewhere.
/// It is against accidents: who can write a pool can write into it what he likes anyway.
///
/// Objects are as they lie in the pool, with the checksums that they have there. A same run has at most 512 pages, so
/// that twenty bytes never come to more memory than the one leaf they would have put there one by one.
enum SnapshotFormat {
    /// The version that is written, and the only one that is read.
    static let version: UInt32 = 1
    /// `jitfsnap`.
    static let magic = "jitfsnap"
    /// Bytes of the preamble.
    static let preambleBytes = 16
    /// Bytes of a block before its contents.
    static let headBytes = 8
    /// Bytes of its checksum.
    static let checksumBytes = 8
    /// The most bytes of a block's contents.
    static let contentsMax = 256 << 10
    /// From so many bytes of pages on a block is closed.
    static let pagesBytes = 16 << 10
    /// From so many pages on it is closed, too: pages that repeat a word take next to nothing.
    static let pagesMax = 1024
    /// The most pages of one run.
    static let runMax: UInt64 = 512
    /// Where checksums begin.
    static let seed: UInt64 = 0x6A69_7466_736E_6170

    /// What a block holds.
    enum Block: UInt8 {
        case settings = 0x53
        case dictionary = 0x44
        case pages = 0x50
        case end = 0x45
    }

    /// What a record of a page is; the first two as in ``TableEntry/Kind``.
    enum Record: UInt8 {
        case compressed = 1
        case huge = 2
        case same = 3
    }
}

extension Span<UInt8> {
    /// The little-endian number at an offset.
    func number<Number: FixedWidthInteger>(at offset: Int, as type: Number.Type = Number.self) -> Number {
        var number: Number = 0
        for index in 0..<(Number.bitWidth / 8) {
            number |= Number(truncatingIfNeeded: self[offset + index]) << (index * 8)
        }
        return number
    }
}
