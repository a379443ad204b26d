internal import JITFSTestSupport
internal import Locking
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

/// Pools that get another shard with each 16 KiB they hold.
@Suite struct ShardTests {
    private let codec = ToyCodec()

    private func makePool(
        limit: UInt64 = 0, shards: Int = 4, memory: any PageMemory = SystemMemory()
    ) throws -> PagePool {
        let pools = PagePools(
            codec: codec, limits: PagePoolLimits(), probe: nil, memory: memory,
            plan: ShardPlan(countMax: shards, bytesEach: 16 << 10))
        return try pools.create(
            name: "b", options: PagePoolOptions(disksizeBytes: 16 << 40, memLimitBytes: limit))
    }

    /// Puts a page on each of some leaves, far apart.
    private func spread(_ pool: PagePool, _ leaves: Range<UInt64>) throws {
        for leaf in leaves { try pool.put(leaf * 512 + leaf % 512, TestPage.of(Self.length(leaf), mark: leaf).span) }
    }

    /// Of four classes.
    private static func length(_ leaf: UInt64) -> Int { 900 + Int(leaf % 4) * 400 }

    private func stored(_ pool: PagePool) -> [Int] {
        pool.shards.map { $0.state.withLock { $0.storage.table.count } }
    }

    @Test func `a pool has a shard for each 64 MiB that it holds, two for each CPU at most`() {
        let plan = ShardPlan(countMax: 4, bytesEach: 64 << 20)
        let counts = [0, 1, 32_767, 32_768, 49_152, 65_536, 1 << 30].map { plan.count(holding: $0) }
        #expect(counts == [1, 1, 1, 2, 3, 4, 4])
        #expect(ShardPlan.ofMachine.countMax >= 2 && ShardPlan.ofMachine.countMax % 2 == 0)
        #expect(ShardPlan.ofMachine.bytesEach == 64 << 20)
    }

    @Test func `a small pool has one shard, a larger one spreads what comes`() throws {
        let pool = try makePool()
        try spread(pool, 0..<5)
        #expect(stored(pool) == [5, 0, 0, 0])
        try spread(pool, 5..<400)
        for count in stored(pool) { #expect(count > 60) }
        #expect(pool.statistics.pagesStored == 400)
        #expect(pool.histogram.reduce(0, +) == 400)
        pool.checkInvariants()
        for leaf in 0..<400 as Range<UInt64> {
            #expect(try PagePoolTests.get(pool, leaf * 512 + leaf % 512) == TestPage.of(Self.length(leaf), mark: leaf))
        }
        for leaf in 0..<400 as Range<UInt64> { try pool.discard(leaf * 512 + leaf % 512) }
        #expect(pool.statistics.heldBytes == 0)
        #expect(pool.held.count == 0)
        pool.checkInvariants()
    }

    @Test func `neighbours are in one shard, whenever they come`() throws {
        let pool = try makePool()
        try spread(pool, 0..<200)
        for leaf in 0..<200 as Range<UInt64> {
            let home = pool.homes.home(of: leaf * 512)
            for page in [0, 63, 64, 300, 511] as [UInt64] {
                try pool.put(leaf * 512 + page, TestPage.of(20, mark: page).span)
                #expect(pool.homes.home(of: leaf * 512 + page) == home)
            }
        }
        // A leaf of the table for each 512 pages, and a middle node or two for each shard: eight bytes a page remain.
        let nodes = pool.shards.map { $0.state.withLock { $0.storage.table.nodeCount } }.reduce(0, +)
        #expect(nodes <= 200 + 4)
        pool.checkInvariants()
    }

    @Test func `stored pages are found in order, whichever shard they are in`() throws {
        let pool = try makePool()
        try spread(pool, 0..<300)
        var found: [UInt64] = []
        var next = pool.nextStored(from: 0)
        while let page = next {
            found.append(page)
            next = pool.nextStored(from: page + 1)
        }
        #expect(found == (0..<300 as Range<UInt64>).map { $0 * 512 + $0 % 512 })
    }

    @Test func `the limit is exact over all shards`() throws {
        let pool = try makePool(limit: 100 * 4096)
        var stored: UInt64 = 0
        var refused: UInt64 = 0
        for number in 0..<4000 as Range<UInt64> {
            do throws(Errno) {
                try pool.put(number * 97, TestPage.of(Int(number % 7) * 300 + 40, mark: number).span)
                stored += 1
            } catch {
                #expect(error == .noSpace)
                refused += 1
            }
            #expect(pool.statistics.heldBytes <= 100 * 4096)
        }
        #expect(pool.statistics.pagesStored == stored)
        #expect(pool.statistics.failedWrites == refused)
        #expect(refused > 100)
        #expect(pool.statistics.heldBytes > 98 * 4096)
        #expect(self.stored(pool).count { $0 > 0 } == 4)
        pool.checkInvariants()
    }

    @Test func `slack of other shards is given back before anything is refused`() throws {
        let pool = try makePool()
        try spread(pool, 0..<400)
        // Nearly all of them are overwritten by zeros: a page of slack stays in each shard that has something.
        let zeros = [UInt8](repeating: 0, count: 4096)
        for leaf in 0..<400 as Range<UInt64> where leaf % 50 != 0 { try pool.put(leaf * 512 + leaf % 512, zeros.span) }
        let slack = pool.shards.map { shard in
            shard.state.withLock { $0.storage.stacks.residentPages - $0.storage.stacks.neededPages }
        }
        #expect(slack.count { $0 > 0 } >= 2)
        let held = pool.statistics.heldBytes
        try pool.setMemLimit(held)
        let spare = slack.reduce(0, +)
        // As many huge pages as there is slack, in one shard, whose leaf is there.
        var stored = 0
        while stored < spare + 10 {
            do throws(Errno) {
                try pool.put(UInt64(stored + 1), TestPage.of(4096, mark: UInt64(stored)).span)
            } catch {
                #expect(error == .noSpace)
                break
            }
            stored += 1
        }
        #expect(stored >= spare - 1 && stored <= spare)
        #expect(pool.statistics.heldBytes <= held)
        pool.checkInvariants()
    }

    @Test func `a lower limit takes the slack of all shards`() throws {
        let pool = try makePool()
        try spread(pool, 0..<400)
        let zeros = [UInt8](repeating: 0, count: 4096)
        for leaf in 0..<400 as Range<UInt64> where leaf % 50 != 0 { try pool.put(leaf * 512 + leaf % 512, zeros.span) }
        let needed = pool.shards.map { shard in
            shard.state.withLock { $0.storage.stacks.neededPages + $0.storage.table.nodeCount }
        }.reduce(0, +)
        #expect(throws: Errno.resourceBusy) { try pool.setMemLimit(UInt64(needed - 1) * 4096) }
        try pool.setMemLimit(UInt64(needed) * 4096)
        #expect(pool.statistics.heldBytes == UInt64(needed) * 4096)
        pool.checkInvariants()
    }

    @Test func `settings, resets and the end are for all shards`() throws {
        let pool = try makePool()
        try spread(pool, 0..<200)
        #expect(throws: Errno.resourceBusy) { try pool.setDisksize(199 * 512 * 4096) }
        #expect(pool.disksizeBytes == 16 << 40)
        try pool.setDisksize(200 * 512 * 4096)
        #expect(throws: Errno.invalidArgument) { try pool.put(200 * 512, TestPage.of(1).span) }
        #expect(pool.statistics.invalidOperations == 1)
        try pool.reset()
        #expect(pool.statistics == PagePoolStatistics())
        #expect(pool.nextStored(from: 0) == nil)
        pool.checkInvariants()
        try spread(pool, 0..<200)
        pool.checkInvariants()
        pool.close()
        #expect(pool.statistics == PagePoolStatistics() || pool.statistics.heldBytes == 0)
        #expect(throws: Errno.operationNotSupportedByDevice) { try PagePoolTests.get(pool, 3) }
        #expect(throws: Errno.operationNotSupportedByDevice) { try pool.put(3, TestPage.of(1).span) }
    }

    @Test func `without address space for homes there is one shard`() throws {
        let memory = ScantMemory()
        memory.mappingsLeft.store(0, ordering: .relaxed)
        let pool = try makePool(memory: memory)
        memory.mappingsLeft.store(.max, ordering: .relaxed)
        try spread(pool, 0..<100)
        #expect(stored(pool) == [100, 0, 0, 0])
        pool.checkInvariants()
    }

    /// Who finds the device too small has no home for the page, and must not store it where it looked.
    @Test func `a page that is put while the device grows is refused or found`() throws {
        let pool = try makePool()
        try pool.setDisksize(1 << 21)
        for number in 0..<512 as Range<UInt64> { try pool.put(number, TestPage.of(1000, mark: number).span) }
        let zeros = TestPage.repeating(0)
        let round = Atomic<UInt64>(0)
        var threads = Threads()
        threads.start {
            for number in 1...400 as ClosedRange<UInt64> {
                while round.load(ordering: .acquiring) < number {}
                try? pool.setDisksize(1 << 40)
            }
        }
        for number in 1...400 as ClosedRange<UInt64> {
            let page = number * 512
            round.store(number, ordering: .releasing)
            while (try? pool.put(page, zeros.span)) == nil {}
            try pool.put(page + 1, zeros.span)
            #expect(try pool.state(of: page) != nil)
            pool.checkInvariants()
            // Before the device gets smaller the other thread is to be done with it.
            while pool.disksizeBytes < 1 << 40 {}
            try pool.discard(page)
            try pool.discard(page + 1)
            try pool.setDisksize(1 << 21)
        }
        threads.join()
        pool.checkInvariants()
    }
}
