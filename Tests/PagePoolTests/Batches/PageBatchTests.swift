internal import Bytes
internal import JITFSTestSupport
internal import SystemPackage
internal import Testing

@testable internal import PagePool

@Suite struct PageBatchTests {
    let pool: PagePool

    init() throws {
        let pools = PagePools(codec: ToyCodec(), limits: PagePoolLimits())
        pool = try pools.create(name: "b", options: PagePoolOptions(disksizeBytes: 1 << 20))
    }

    private func mistake(_ bytes: [UInt8], pagesMax: Int = 1024) -> PageBatch.Mistake? {
        do throws(PageBatch.Mistake) {
            _ = try PageBatch(bytes.span, for: pool, pagesMax: pagesMax)
            return nil
        } catch {
            return error
        }
    }

    private func record(
        _ letter: Character, _ first: UInt64, _ count: Int, flags: UInt8 = 0, reserved: UInt16 = 0
    ) -> [UInt8] {
        var batch = TestBatch()
        batch.header(letter, first, count, flags: flags, reserved: reserved)
        return batch.bytes
    }

    @Test func `every mistake is told with its record`() {
        let good = record("D", 1, 2)
        func expect(_ kind: PageBatch.Mistake.Kind, _ bytes: [UInt8], _ place: SourceLocation = #_sourceLocation) {
            #expect(mistake(bytes) == .init(kind: kind, record: 1), sourceLocation: place)
            #expect(mistake(good + bytes) == .init(kind: kind, record: 2), sourceLocation: place)
        }
        #expect(mistake([]) == .init(kind: .empty, record: 1))
        #expect(mistake(good) == nil)
        for length in 1..<16 { expect(.truncated, Array(good[..<length])) }
        for letter in ["p", "\0", "X", "\u{7f}"] as [Character] { expect(.unknownOperation, record(letter, 0, 1)) }
        expect(.reservedBits, record("G", 0, 1, flags: 1))
        expect(.reservedBits, record("G", 0, 1, reserved: 1))
        expect(.reservedBits, record("G", 0, 1, reserved: 0x8000))
        expect(.noPages, record("G", 0, 0))
        expect(.beyondEnd, record("G", 256, 1))
        expect(.beyondEnd, record("G", 255, 2))
        expect(.beyondEnd, record("G", .max, 1))
        expect(.beyondEnd, record("G", 0, Int(UInt32.max)))
        expect(.truncated, record("P", 0, 1))
        expect(.truncated, record("P", 0, 2) + [UInt8](repeating: 1, count: 8191))
        let tail = record("P", 0, 1) + [UInt8](repeating: 1, count: 4097)
        #expect(mistake(tail) == .init(kind: .truncated, record: 2))
    }

    @Test func `pages are counted over all records`() {
        let three = record("G", 0, 1) + record("D", 0, 1) + record("G", 0, 2)
        #expect(mistake(three, pagesMax: 4) == nil)
        #expect(mistake(three, pagesMax: 3) == .init(kind: .tooManyPages, record: 3))
        #expect(mistake(record("P", 0, 9), pagesMax: 8) == .init(kind: .tooManyPages, record: 1))
    }

    @Test func `whatever a body is turned into, it is refused or done`() throws {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        var batch = TestBatch()
        batch.put(3, [TestPage.of(10), TestPage.repeating(7)])
        batch.get(2, 9)
        batch.discard(3, 1)
        batch.get(0, 200)
        var done = 0
        for _ in 0..<4000 {
            var bytes = batch.bytes
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                // Headers are where it matters.
                let starts = [0, 16 + 8192, 32 + 8192, 48 + 8192]
                let place = starts[Int.random(in: 0..<4, using: &random)] + Int.random(in: 0..<16, using: &random)
                switch UInt8.random(in: 0..<6, using: &random) {
                case 0: bytes.removeLast(min(Int.random(in: 0..<9000, using: &random), bytes.count))
                case 1: bytes += record("PGDX".randomElement(using: &random)!, random.next() % 300, 1)
                case 2 where place < bytes.count: bytes.remove(at: place)
                default:
                    guard place < bytes.count else { continue }
                    bytes[place] = UInt8.random(in: 0...255, using: &random) & (random.next() % 2 == 0 ? 1 : 255)
                }
            }
            if mistake(bytes) != nil { continue }
            done += 1
            let parsed = try PageBatch(bytes.span, for: pool, pagesMax: 1024)
            #expect(parsed.records.allSatisfy { $0.pages.upperBound <= 256 && $0.count > 0 }, "SEED=\(seed)")
            var out = ByteBuffer()
            try pool.apply(parsed, into: &out)
            #expect(out.count >= parsed.records.count * 16 && out.count <= parsed.answerBytesMax, "SEED=\(seed)")
        }
        #expect(done > 20)
        pool.checkInvariants()
    }
}
