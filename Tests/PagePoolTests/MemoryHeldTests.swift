internal import JITFSTestSupport
internal import Locking
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

/// What a pool says that it holds, beside what the system says.
@Suite struct MemoryHeldTests {
    private func expectExact(_ pool: PagePool, _ sourceLocation: SourceLocation = #_sourceLocation) {
        for shard in pool.shards {
            let (told, system) = shard.state.withLock { ($0.heldPages, $0.systemPages()) }
            #expect(told == system, sourceLocation: sourceLocation)
        }
    }

    @Test func `what is told is what the system has, page by page`() throws {
        let seed = Seed.next()
        let pools = PagePools(codec: ToyCodec(), limits: PagePoolLimits())
        let pool = try pools.create(name: "b", options: PagePoolOptions(disksizeBytes: 16 << 40))
        var random = SeededGenerator(seed: seed)
        func place() -> UInt64 { random.next() % 9 == 0 ? random.next() % (1 << 32) : random.next() % 1500 }
        expectExact(pool)
        var far: [UInt64] = []
        for round in 0..<6 {
            for _ in 0..<1200 {
                let number = place()
                if number >= 1500 { far.append(number) }
                switch random.next() % 8 {
                case 0: try pool.put(number, TestPage.repeating((random.next() % 16) << 60).span)
                case 1, 2: try pool.discard(number)
                default: try pool.put(number, TestPage.of(Int(random.next() % 4097), mark: random.next()).span)
                }
            }
            if round == 3 { for number in far { try pool.discard(number) } }
            expectExact(pool)
        }
        for number in 0..<1500 where number % 10 < 7 { try pool.discard(UInt64(number)) }
        expectExact(pool)
        try pool.setMemLimit(pool.statistics.heldBytes)
        for number in 0..<1500 as Range<UInt64> {
            do throws(Errno) {
                try pool.put(number, TestPage.of(Int(random.next() % 4097)).span)
            } catch {
                #expect(error == .noSpace, "SEED=\(seed)")
            }
        }
        #expect(pool.statistics.heldBytes <= pool.memLimitBytes)
        expectExact(pool)
        pool.checkInvariants()
        try pool.reset()
        expectExact(pool)
    }

    @Test func `chunks without memory are unmapped, but for one`() throws {
        let memory = ScantMemory()
        memory.mappingsLeft.store(100, ordering: .relaxed)
        let pools = PagePools(
            codec: ToyCodec(), limits: PagePoolLimits(), probe: nil, memory: memory,
            plan: ShardPlan(countMax: 1, bytesEach: 64 << 20))
        let pool = try pools.create(name: "b", options: PagePoolOptions(disksizeBytes: 1 << 30))
        // Three chunks of 510 huge pages at most, the table's root, its nodes.
        for number in 0..<1100 as Range<UInt64> { try pool.put(number, TestPage.of(4096).span) }
        #expect(memory.mappingsLeft.load(ordering: .relaxed) == 95)
        for number in 100..<1100 as Range<UInt64> { try pool.discard(number) }
        expectExact(pool)
        // One of them is there, one was kept, and one has to be mapped again.
        for number in 100..<1100 as Range<UInt64> { try pool.put(number, TestPage.of(4096).span) }
        #expect(memory.mappingsLeft.load(ordering: .relaxed) == 94)
        let statistics = pool.statistics
        #expect(statistics.pagesHuge == 1100 && statistics.pagesHugeEver == 2100)
    }

    @Test func `reads of what is not there take no memory`() throws {
        let pools = PagePools(codec: ToyCodec(), limits: PagePoolLimits())
        let pool = try pools.create(name: "b", options: PagePoolOptions(disksizeBytes: 16 << 40))
        try pool.put(1 << 31, TestPage.of(100).span)
        for number in stride(from: 0, to: 1 << 32, by: 1 << 18 + 77) as StrideTo<UInt64> {
            #expect(try pool.state(of: number) == nil)
        }
        #expect(pool.statistics.heldBytes == 3 * 4096)
        expectExact(pool)
    }
}
