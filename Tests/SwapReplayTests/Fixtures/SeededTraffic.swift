internal import JITFSTestSupport
internal import SwapReplay

/// Operations as a pool might tell of them, out of a seed.
///
/// Lengths as zstd makes them of the pages of real programs at level 1: mean 1049 bytes, 4 % above half a page.
struct SeededTraffic {
    /// Of 10,000 pages, how many are shorter than 256, 512, … 2304, then 4096 bytes; the others do not compress.
    private static let lengths: [(below: Int, parts: Int)] = [
        (256, 430), (512, 1380), (768, 1310), (1024, 2080), (1280, 1730), (1536, 1780), (1792, 530), (2048, 350),
        (2304, 250), (4032, 143),
    ]
    var random: SeededGenerator
    private var time: UInt64 = 1_000_000_000

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// The bytes of an object.
    mutating func length() -> Int {
        var part = Int(random.next() % 10_000)
        var start = 60
        for (below, parts) in Self.lengths {
            if part < parts { return start + Int(random.next() % UInt64(below - start)) }
            part -= parts
            start = below
        }
        return 4096
    }

    /// A number below a bound.
    mutating func number(below bound: Int) -> Int { Int(random.next() % UInt64(bound)) }

    /// An operation on a page, some microseconds after the one before.
    mutating func operation(_ kind: TrafficOperation.Kind, page: Int, length: Int) -> TrafficOperation {
        time += random.next() % 20_000
        return TrafficOperation(
            kind: kind, sector: UInt64(page) * 8, storedBytes: UInt32(length),
            nanoseconds: 3000 + random.next() % 20_000,
            time: time)
    }

    /// Any operation on one of so many pages; of pages that repeat a word, too.
    mutating func any(pages: Int) -> TrafficOperation {
        let page = number(below: pages)
        switch random.next() % 16 {
        case 0..<8: return operation(.put, page: page, length: random.next() % 40 == 0 ? 0 : length())
        case 8..<13: return operation(.get, page: page, length: length())
        case 13: return operation(.spill, page: page, length: length())
        default: return operation(.discard, page: page, length: 0)
        }
    }
}
