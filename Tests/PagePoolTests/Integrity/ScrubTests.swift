internal import Bytes
internal import Glibc
internal import Locking
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

@Suite struct ScrubTests {
    private func makePool(shards: Int = 1, memory: any PageMemory = SystemMemory()) throws -> PagePool {
        let pools = PagePools(
            codec: ToyCodec(), limits: PagePoolLimits(), probe: nil, memory: memory,
            plan: ShardPlan(countMax: shards, bytesEach: 32 << 10))
        return try pools.create(name: "a", options: PagePoolOptions(disksizeBytes: 1 << 32))
    }

    /// Waits for the end of a pass, ten seconds at most.
    private func report(_ pool: PagePool) -> ScrubReport {
        for _ in 0..<2000 where pool.scrubReport.state == .running { usleep(5000) }
        return pool.scrubReport
    }

    @Test func `before the first there is nothing to tell`() throws {
        #expect(try makePool().scrubReport == ScrubReport())
    }

    @Test(arguments: [1, 4])
    func `every page is looked at, and damage is told by number and stays`(shards: Int) throws {
        let pool = try makePool(shards: shards)
        for page in 0..<300 as Range<UInt64> { try pool.put(page * 100, TestPage.of(600, mark: page).span) }
        try pool.put(7, TestPage.of(4096).span)
        try pool.put(8, TestPage.repeating(0).span)
        try pool.put(9, TestPage.repeating(9 << 60 | 1).span)
        try pool.beginScrub()
        var told = report(pool)
        #expect(told.state == .done && told.pagesChecked == 303 && told.pagesTotal == 303)
        #expect(told.pagesDamaged == 0 && told.damaged == [] && told.passes == 1)
        #expect(told.beganAt > 1_700_000_000 && told.endedAt >= told.beganAt)
        try pool.damage(500, at: 100)
        try pool.damage(7, at: 3000)
        pool.mislead(9, to: 7)
        try pool.beginScrub()
        told = report(pool)
        #expect(told.pagesChecked == 303 && told.pagesDamaged == 3 && told.damaged == [7, 9, 500])
        #expect(told.passes == 2 && told.pagesCheckedEver == 606)
        #expect(pool.statistics.failedReads == 3)
        #expect(throws: Errno.badMessage) { try PagePoolTests.get(pool, 500) }
        try pool.put(500, TestPage.of(600).span)
        try pool.put(7, TestPage.of(4096, mark: 2).span)
        try pool.discard(8)
        try pool.beginScrub()
        #expect(report(pool).damaged == [9])
    }

    @Test func `only the first damaged pages are told by number, and all are counted`() throws {
        let pool = try makePool()
        for page in 0..<40 as Range<UInt64> {
            try pool.put(page, TestPage.of(600, mark: page).span)
            try pool.damage(page, at: 9)
        }
        try pool.beginScrub()
        let told = report(pool)
        #expect(told.pagesDamaged == 40 && told.damaged == Array(0..<16))
    }

    @Test func `there is one pass at a time, and it can be stopped`() throws {
        let pool = try makePool()
        for page in 0..<20_000 as Range<UInt64> { try pool.put(page, TestPage.repeating(page | 9 << 60).span) }
        try pool.beginScrub()
        #expect(throws: Errno.resourceBusy) { try pool.beginScrub() }
        pool.endScrub()
        #expect(pool.scrubReport.state == .stopped && pool.scrubReport.passes == 0)
        pool.endScrub()
        try pool.beginScrub()
        #expect(pool.scrubReport.state == .running)
        pool.endScrub()
    }

    @Test func `a pass that begins while the one before is being stopped looks at every page`() throws {
        let codec = ToyCodec()
        let pools = PagePools(codec: codec, limits: PagePoolLimits(), probe: nil, memory: SystemMemory())
        let pool = try pools.create(name: "a", options: PagePoolOptions(disksizeBytes: 1 << 20))
        for page in 0..<20 as Range<UInt64> { try pool.put(page, TestPage.of(600, mark: page).span) }
        let unpacked = Atomic<Int>(0)
        codec.beforeUnpacking.withLock { body in
            body = {
                guard unpacked.add(1, ordering: .relaxed).newValue == 7 else { return }
                pool.scrubber.end()
                try? pool.scrubber.begin(pages: 20)
            }
        }
        try pool.scrubber.begin(pages: 20)
        for _ in 0..<1000 where pool.scrubReport.state == .running { _ = pool.scrubber.step() }
        #expect(pool.scrubReport.state == .done && pool.scrubReport.pagesChecked == 20)
        #expect(pool.scrubReport.passes == 1)
    }

    @Test func `a pool that goes ends it, and begins none`() throws {
        let pool = try makePool()
        for page in 0..<20_000 as Range<UInt64> { try pool.put(page, TestPage.repeating(page | 9 << 60).span) }
        try pool.beginScrub()
        pool.close()
        #expect(pool.scrubReport.state == .stopped)
        #expect(throws: Errno.operationNotSupportedByDevice) { try pool.beginScrub() }
    }

    @Test func `where there is no thread there is no pass`() throws {
        struct NoThreads: PageMemory {
            func permits(mapping bytes: Int) -> Bool { true }
            func permitsThread() -> Bool { false }
        }
        let pool = try makePool(memory: NoThreads())
        #expect(throws: Errno.noMemory) { try pool.beginScrub() }
        #expect(pool.scrubReport.state == .stopped)
    }
}
