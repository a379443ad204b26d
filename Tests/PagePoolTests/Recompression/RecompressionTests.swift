internal import Bytes
internal import Locking
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

/// Level 1 makes frames 64 bytes longer here than level 2, which pages are recompressed at.
@Suite struct RecompressionTests {
    let codec = ToyCodec()
    let memory = ScantMemory()
    let pool: PagePool

    init() throws {
        codec.extraBelow2.store(64, ordering: .relaxed)
        let pools = PagePools(
            codec: codec, limits: PagePoolLimits(), probe: nil, memory: memory,
            plan: ShardPlan(countMax: 4, bytesEach: 64 << 10), dictionaryPlan: DictionaryPool.plan)
        pool = try pools.create(name: "r", options: PagePoolOptions(disksizeBytes: 1 << 30))
        memory.hasThreads.store(false, ordering: .relaxed)
    }

    private static func page(_ number: UInt64) -> [UInt8] { TestPage.of(Int(number % 40) * 104 + 20, mark: number) }

    private func put(_ numbers: Range<UInt64>) throws {
        for number in numbers { try pool.put(number, Self.page(number).span) }
    }

    /// Does what is ordered, on this thread.
    private func run(_ order: RecompressionOrder) throws -> RecompressionProgress {
        try pool.recompressionChore.take(order)
        #expect(pool.recompression.isRunning)
        #expect(DictionaryPool.work(pool.recompressionChore))
        #expect(!pool.recompression.isRunning)
        pool.checkInvariants()
        return pool.recompression
    }

    @Test func `pages are packed harder, stay what they are, and no client did it`() throws {
        try put(0..<800)
        for number in 800..<810 as Range<UInt64> { try pool.put(number, TestPage.repeating(9 << 60 | number).span) }
        let before = pool.statistics
        let progress = try run(RecompressionOrder())
        let statistics = pool.statistics
        // The longest are huge at either level.
        #expect(progress.pagesTried == 800 && progress.pagesRecompressed == 780 && progress.pagesFailed == 0)
        #expect(progress.pagesLooked == 810)
        #expect(statistics.pagesRecompressed == 780 && statistics.recompressionSavedBytes == progress.savedBytes)
        #expect(before.storedBytes - statistics.storedBytes >= 780 * 64 && progress.savedBytes >= 780 * 64)
        #expect(statistics.puts == before.puts && statistics.gets == 0 && statistics.pagesSame == 10)
        #expect(statistics.pagesHugeEver == before.pagesHugeEver && statistics.pagesHuge < before.pagesHuge)
        for number in 0..<800 as Range<UInt64> { #expect(try PagePoolTests.get(pool, number) == Self.page(number)) }
        // Nothing more to be had.
        #expect(try run(RecompressionOrder()).pagesRecompressed == 0)
    }

    @Test func `only pages that are meant are packed again`() throws {
        try put(0..<400)
        #expect(try run(RecompressionOrder(pages: .huge)).pagesTried == pool.statistics.pagesHugeEver)
        #expect(try run(RecompressionOrder(pages: .idle)).pagesTried == 0)
        #expect(try run(RecompressionOrder(pages: .hugeIdle)).pagesTried == 0)
        #expect(try run(RecompressionOrder(pagesMax: 70)).pagesTried == 70)
        let large = try run(RecompressionOrder(thresholdBytes: 3000))
        let isLarge = (0..<400 as Range<UInt64>).count { Int($0 % 40) * 104 + 28 + 64 >= 3000 }
        #expect(large.pagesTried > 0 && large.pagesTried <= UInt64(isLarge))
        #expect(try run(RecompressionOrder(level: 0)).pagesRecompressed == 0)
    }

    @Test func `a page is idle from when all were called so until it is used`() throws {
        try put(0..<40)
        try pool.markIdle()
        _ = try PagePoolTests.get(pool, 7)
        try put(8..<9)
        #expect(try run(RecompressionOrder(pages: .idle)).pagesTried == 38)
        // Packing a page again is no use of it.
        #expect(try run(RecompressionOrder(pages: .idle)).pagesTried == 38)
    }

    @Test func `a page that changes while it is packed again stays what it was changed to`() throws {
        try put(0..<3)
        let other = TestPage.of(777, mark: 99)
        let turn = Atomic<Int>(0)
        codec.beforeUnpacking.withLock { hook in
            hook = { [pool] in
                switch turn.add(1, ordering: .relaxed).oldValue {
                case 0: try? pool.put(0, other.span)
                case 1: try? pool.discard(1)
                default: break
                }
            }
        }
        let progress = try run(RecompressionOrder())
        codec.beforeUnpacking.withLock { $0 = nil }
        #expect(progress.pagesTried == 3 && progress.pagesRecompressed == 1)
        #expect(try PagePoolTests.get(pool, 0) == other)
        #expect(try pool.state(of: 1) == nil)
        #expect(try PagePoolTests.get(pool, 2) == Self.page(2))
    }

    @Test func `damaged pages and a codec that fails leave all as it was`() throws {
        try put(0..<40)
        try pool.damage(5, at: 20)
        #expect(try run(RecompressionOrder()).pagesFailed == 1)
        try put(0..<40)
        codec.callsLeft.store(41, ordering: .relaxed)
        let progress = try run(RecompressionOrder())
        codec.callsLeft.store(.max, ordering: .relaxed)
        #expect(progress.pagesFailed > 10)
        for number in 0..<40 as Range<UInt64> { #expect(try PagePoolTests.get(pool, number) == Self.page(number)) }
    }

    @Test func `orders that make no sense, and a second one, are refused`() throws {
        memory.hasThreads.store(true, ordering: .relaxed)
        for order in [
            RecompressionOrder(level: 4), RecompressionOrder(cpuPercent: 0), RecompressionOrder(cpuPercent: 101),
            RecompressionOrder(thresholdBytes: -1), RecompressionOrder(thresholdBytes: 4097),
            RecompressionOrder(pagesMax: 0),
        ] {
            #expect(throws: Errno.invalidArgument) { try pool.recompress(order) }
        }
        #expect(!pool.recompression.isRunning)
        try pool.recompressionChore.take(RecompressionOrder())
        #expect(throws: Errno.resourceBusy) { try pool.recompress(RecompressionOrder()) }
        pool.stopRecompressing()
        #expect(!pool.recompression.isRunning)
        try pool.recompress(RecompressionOrder())
    }

    @Test func `without a thread nothing is begun, and the next order is taken`() throws {
        #expect(throws: Errno.resourceTemporarilyUnavailable) { try pool.recompress(RecompressionOrder()) }
        #expect(!pool.recompression.isRunning)
        memory.hasThreads.store(true, ordering: .relaxed)
        try put(0..<100)
        try pool.recompress(RecompressionOrder(cpuPercent: 100))
        while pool.recompression.isRunning {}
        #expect(pool.recompression.pagesTried == 100)
    }

    @Test func `an order is given up between steps`() throws {
        try put(0..<400)
        try pool.recompressionChore.take(RecompressionOrder())
        pool.stopRecompressing()
        #expect(pool.recompressionChore.step() == .done)
        #expect(pool.statistics.pagesRecompressed == 0)
        try pool.recompressionChore.take(RecompressionOrder(pagesMax: 1))
        pool.stopRecompressing()
        try pool.recompressionChore.take(RecompressionOrder(pagesMax: 2))
        #expect(DictionaryPool.work(pool.recompressionChore) && pool.recompression.pagesTried == 2)
    }

    @Test func `work is followed by rest, to stay within its share`() {
        #expect(PageSweep.rest(after: 1000, cpuPercent: 10) == 9000)
        #expect(PageSweep.rest(after: 1000, cpuPercent: 50) == 1000)
        #expect(PageSweep.rest(after: 1000, cpuPercent: 100) == 0)
    }

    @Test func `pages keep their dictionary when they are packed harder`() throws {
        let fixture = try DictionaryPool()
        fixture.codec.extraBelow2.store(64, ordering: .relaxed)
        try fixture.put(0..<60)
        fixture.work()
        let before = fixture.pool.statistics
        #expect(before.storedBytes == 60 * 674)
        try fixture.pool.recompressionChore.take(RecompressionOrder())
        #expect(DictionaryPool.work(fixture.pool.recompressionChore))
        #expect(fixture.pool.statistics.storedBytes == 60 * 610)
        #expect(fixture.dictionary(of: 7) != 0)
        #expect(try fixture.has(0..<60))
        // What it needed for that is let go.
        fixture.work()
        #expect(fixture.pool.statistics.dictionaries == 1)
        #expect(fixture.codec.dictionaries.load(ordering: .relaxed) == 1)
        fixture.pool.checkInvariants()
    }
}
