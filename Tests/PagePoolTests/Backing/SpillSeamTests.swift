internal import Bytes
internal import Glibc
internal import JITFSTestSupport
internal import Locking
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

/// What happens to pages, stores and limits while pages are on their way out.
@Suite struct SpillSeamTests {
    private static let wait: UInt64 = 60_000_000_000

    private let codec = ToyCodec()
    private let memory = ScantMemory()

    private func makePool(
        limit: Int = 0, clusters: Int = 64, shards: Int = 1
    ) throws -> (PagePool, TestDevice) {
        let pools = PagePools(
            codec: codec, limits: PagePoolLimits(), probe: nil, memory: memory,
            plan: ShardPlan(countMax: shards, bytesEach: 32 << 10))
        let pool = try pools.create(
            name: "s", options: PagePoolOptions(disksizeBytes: 1 << 30, memLimitBytes: UInt64(limit)))
        let device = TestDevice(clusters: clusters)
        try pool.setBacking(device: device)
        return (pool, device)
    }

    /// A page is told of with each put, so that it is several times among those that are to go.
    @Test func `a page that is put again and again while it goes is what was put last`() throws {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        let (pool, _) = try makePool()
        try pool.setSpillPolicy(.half)
        let versions = (1...64 as ClosedRange<UInt64>).map { TestPage.of(4096, mark: $0) }
        for round in 0..<400 {
            var last: [UInt8] = []
            for put in 0..<Int.random(in: 33...48, using: &random) {
                last = versions[(round * 7 + put) % 64]
                try pool.put(7, last.span)
            }
            // Whatever was under way is over then.
            try pool.writeBack(.idle, waitsNanoseconds: Self.wait)
            #expect(try PagePoolTests.get(pool, 7) == last, "SEED=\(seed)")
        }
        pool.checkInvariants()
    }

    /// Of pages with 3,000 bytes a block holds one and a cluster 16, of which three quarters live: always worth collecting,
    /// and never any gain.
    @Test func `a store that is full of what cannot lie any closer refuses`() throws {
        let (pool, device) = try makePool(limit: 512 << 10, clusters: 8)
        var refused: Errno?
        var count: UInt64 = 0
        while refused == nil, count < 2_000 {
            do throws(Errno) {
                try pool.put(count, TestPage.of(3000, mark: count).span)
                count += 1
            } catch {
                refused = error
            }
        }
        #expect(refused == .noSpace)
        // All but one cluster are used.
        #expect(pool.backingStatistics.clustersUsed == 7)
        let writes = device.state.withLock { $0.writes }
        for number in 5_000..<5_100 as Range<UInt64> {
            #expect(throws: Errno.noSpace) { try pool.put(number, TestPage.of(3000, mark: number).span) }
        }
        #expect(device.state.withLock { $0.writes } <= writes + 2)
        for number in 0..<count { #expect(try PagePoolTests.get(pool, number) == TestPage.of(3000, mark: number)) }
        // What is given up makes room.
        for number in 0..<(count / 2) { try pool.discard(number) }
        for number in 6_000..<6_040 as Range<UInt64> { try pool.put(number, TestPage.of(3000, mark: number).span) }
        pool.checkInvariants()
    }

    @Test func `what dictionaries take cannot go, and a limit below it is refused`() throws {
        let (pool, _) = try makePool()
        codec.dictionaryBytes.store(1 << 20, ordering: .relaxed)
        let content = [UInt8](repeating: 1, count: 32)
        let dictionary = try pool.install(content.span, kind: .raw)
        for number in 0..<100 as Range<UInt64> { try pool.put(number, TestPage.of(3000, mark: number).span) }
        #expect(throws: Errno.resourceBusy) { try pool.setMemLimit(1 << 20) }
        try pool.setMemLimit(1_600 << 10)
        pool.release(dictionary)
        try pool.setMemLimit(400 << 10)
        pool.checkInvariants()
    }

    @Test func `a limit that is lowered after the store had failed has pages go`() throws {
        let (pool, device) = try makePool(limit: 1 << 20)
        device.state.withLock { $0.writesLeft = 0 }
        var count: UInt64 = 0
        while (try? pool.put(count, TestPage.of(2000, mark: count).span)) != nil { count += 1 }
        // A last look, and the thread rests.
        try? pool.writeBack(.hugeIdle, waitsNanoseconds: Self.wait)
        usleep(100_000)
        device.state.withLock { $0.writesLeft = nil }
        try pool.setMemLimit(700 << 10)
        for _ in 0..<5_000 where pool.statistics.heldBytes > 700 << 10 { usleep(2_000) }
        #expect(pool.statistics.heldBytes <= 700 << 10)
        for number in 0..<count { #expect(try PagePoolTests.get(pool, number) == TestPage.of(2000, mark: number)) }
        pool.checkInvariants()
    }

    @Test func `pages beyond every end are an invalid argument of a writeback`() throws {
        let (pool, _) = try makePool()
        for last in [1 << 18, 1 << 52, UInt64.max] {
            #expect(throws: Errno.invalidArgument) {
                try pool.writeBack(.pages([0...last]), waitsNanoseconds: Self.wait)
            }
        }
        try pool.writeBack(.pages([0...(1 << 18 - 1)]), waitsNanoseconds: Self.wait)
    }

    // MARK: while a cluster is written

    /// What happens between the copy of an object and its end in memory.
    enum Event: CaseIterable {
        case put, putOfOtherClass, batch, discard, modify, reset, restore, recompress, otherStore, noStore,
            discardAndPut
        case resetAndPut
    }

    @Test(arguments: Event.allCases, [1, 4])
    func `whatever happens to pages while they are written holds`(_ event: Event, shards: Int) throws {
        memory.hasThreads.store(false, ordering: .relaxed)
        codec.extraBelow2.store(64, ordering: .relaxed)
        let (pool, device) = try makePool(shards: shards)
        var pages: [UInt64: [UInt8]] = [:]
        @Sendable func number(_ index: Int) -> UInt64 { UInt64(index % 5) << 9 | UInt64(index) }
        for index in 0..<50 {
            pages[number(index)] = TestPage.of(900 + index, mark: UInt64(index + 1))
            try pool.put(number(index), TestPage.of(900 + index, mark: UInt64(index + 1)).span)
        }
        let snapshot = try TestSnapshot.of(pool)
        for index in 0..<50 {
            pages[number(index)] = TestPage.of(900 + index, mark: UInt64(index + 1001))
            try pool.put(number(index), TestPage.of(900 + index, mark: UInt64(index + 1001)).span)
        }
        // What is there afterwards, where the event is not refused.
        var after = pages
        for index in stride(from: 0, to: 50, by: 2) {
            let same = TestPage.of(900 + index, mark: UInt64(index + 2001))
            switch event {
            case .put, .batch, .discardAndPut, .resetAndPut: after[number(index)] = same
            case .putOfOtherClass: after[number(index)] = TestPage.of(2500, mark: UInt64(index + 2001))
            case .discard: after[number(index)] = nil
            case .modify: after[number(index)] = [7] + TestPage.of(900 + index, mark: UInt64(index + 1001)).dropFirst()
            case .reset, .restore, .recompress, .otherStore, .noStore: break
            }
        }
        switch event {
        case .reset: after = [:]
        case .resetAndPut:
            for index in stride(from: 1, to: 50, by: 2) { after[number(index)] = nil }
        case .restore:
            for index in 0..<50 { after[number(index)] = TestPage.of(900 + index, mark: UInt64(index + 1)) }
        default: break
        }
        let wanted = after
        let problems = Problems()
        let isDone = Atomic<Bool>(false)
        device.state.withLock { state in
            state.beforeWrite = { [codec] in
                if isDone.exchange(true, ordering: .relaxed) { return }
                do {
                    switch event {
                    case .put, .putOfOtherClass, .discard, .discardAndPut, .resetAndPut:
                        if event == .resetAndPut { try pool.reset() }
                        for index in stride(from: 0, to: 50, by: 2) {
                            if event == .discard || event == .discardAndPut { try pool.discard(number(index)) }
                            if event != .discard, let page = wanted[number(index)] {
                                try pool.put(number(index), page.span)
                            }
                        }
                    case .batch:
                        var batch = TestBatch()
                        for index in stride(from: 0, to: 50, by: 2) {
                            batch.put(number(index), [wanted[number(index)] ?? []])
                        }
                        _ = try batch.send(to: pool)
                    case .modify:
                        for index in stride(from: 0, to: 50, by: 2) {
                            try pool.modify(number(index), at: 0, [7 as UInt8].span)
                        }
                    case .reset: try pool.reset()
                    case .restore: try TestSnapshot.restore(snapshot, into: pool)
                    case .recompress:
                        codec.extraBelow2.store(64, ordering: .relaxed)
                        try pool.recompressionChore.take(RecompressionOrder(level: 2, cpuPercent: 100))
                        _ = DictionaryPool.work(pool.recompressionChore)
                    case .otherStore: try pool.setBacking(device: TestDevice(clusters: 8))
                    case .noStore: try pool.setBacking(device: nil)
                    }
                } catch {
                    problems.note("\(error)")
                }
                pool.checkInvariants()
            }
        }
        pool.spiller.work.withLock { $0.requests.append(WritebackRequest(.pages([0...4095]))) }
        _ = DictionaryPool.work(pool.spiller)
        #expect(isDone.load(ordering: .relaxed) && problems.list == [])
        pool.checkInvariants()
        #expect(try TestSnapshot.contents(pool) == wanted)
        if event == .recompress { #expect(pool.statistics.pagesRecompressed > 0) }
        // And once more, with what is there now, where there is a store.
        if event == .noStore { try pool.setBacking(device: device) }
        pool.spiller.work.withLock { $0.requests.append(WritebackRequest(.pages([0...4095]))) }
        _ = DictionaryPool.work(pool.spiller)
        #expect(pool.statistics.pagesOnDisk == UInt64(wanted.count))
        #expect(try TestSnapshot.contents(pool) == wanted)
        pool.checkInvariants()
    }
}
