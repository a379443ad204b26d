internal import Bytes
internal import Glibc
internal import JITFSTestSupport
internal import Locking
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

@Suite struct SpillTests {
    let codec = ToyCodec()
    static let wait: UInt64 = 60_000_000_000

    private func makePool(
        limit: Int = 0, clusters: Int = 64, policy: SpillPolicy? = nil, shards: Int = 1
    ) throws -> (PagePool, TestDevice) {
        let pools = PagePools(
            codec: codec, limits: PagePoolLimits(), probe: nil, memory: SystemMemory(),
            plan: ShardPlan(countMax: shards, bytesEach: 32 << 10))
        let pool = try pools.create(
            name: "b", options: PagePoolOptions(disksizeBytes: 1 << 30, memLimitBytes: UInt64(limit), spill: policy))
        let device = TestDevice(clusters: clusters)
        try pool.setBacking(device: device)
        return (pool, device)
    }

    private func page(_ number: UInt64, _ length: Int = 1000) -> [UInt8] { TestPage.of(length, mark: number + 1) }

    @Test func `idle pages are written sixty to a cluster, and a miss is one read`() throws {
        let (pool, device) = try makePool()
        for number in 0..<1_000 as Range<UInt64> { try pool.put(number, page(number).span) }
        let held = pool.statistics.heldBytes
        try pool.markIdle()
        try pool.writeBack(.idle, waitsNanoseconds: Self.wait)
        pool.checkInvariants()
        var statistics = pool.statistics
        #expect(statistics.pagesOnDisk == 1_000 && statistics.pagesStored == 1_000 && statistics.storedBytes == 0)
        #expect(statistics.heldBytes < held - 900_000)
        let writes = device.state.withLock { $0.writes }
        #expect(writes * 50 <= 1_000)
        #expect(pool.backingStatistics.writeRequests == UInt64(writes))
        for number in 0..<1_000 as Range<UInt64> { #expect(try PagePoolTests.get(pool, number) == page(number)) }
        statistics = pool.statistics
        #expect(device.state.withLock { $0.reads } == 1_000)
        #expect(pool.backingStatistics.readRequests == 1_000 && pool.backingStatistics.blocksRead == 1_000)
        // Without a limit there is room: they came back, and what they had on the disk is free.
        #expect(statistics.pagesOnDisk == 0 && pool.backingStatistics.pagesPromoted == 1_000)
        #expect(pool.backingStatistics.liveBytes == 0)
        pool.checkInvariants()
    }

    @Test func `only what was not used since goes as idle, and only huge pages as huge`() throws {
        let (pool, _) = try makePool(policy: .never)
        for number in 0..<10 as Range<UInt64> { try pool.put(number, page(number).span) }
        for number in 10..<20 as Range<UInt64> { try pool.put(number, TestPage.of(4096, mark: number).span) }
        for number in 20..<24 as Range<UInt64> { try pool.put(number, TestPage.repeating(number).span) }
        try pool.put(24, TestPage.repeating(9 << 60 | 7).span)
        try pool.writeBack(.idle, waitsNanoseconds: Self.wait)
        #expect(pool.statistics.pagesOnDisk == 0)
        try pool.markIdle()
        _ = try PagePoolTests.get(pool, 3)
        try pool.put(4, page(4).span)
        try pool.modify(15, at: 0, ([1] as [UInt8]).span)
        try pool.writeBack(.hugeIdle, waitsNanoseconds: Self.wait)
        #expect(pool.statistics.pagesOnDisk == 9)
        #expect(try pool.state(of: 15) == .huge)
        #expect(try pool.state(of: 14) == .backing(storedBytes: 4096, isHuge: true))
        try pool.writeBack(.idle, waitsNanoseconds: Self.wait)
        #expect(pool.statistics.pagesOnDisk == 17)
        for number in [3, 4] as [UInt64] { #expect(try pool.state(of: number) == .compressed(storedBytes: 1008)) }
        try pool.writeBack(.huge, waitsNanoseconds: Self.wait)
        #expect(pool.statistics.pagesOnDisk == 18 && pool.statistics.pagesHuge == 0)
        try pool.writeBack(.pages([4...4, 22...24]), waitsNanoseconds: Self.wait)
        #expect(pool.statistics.pagesOnDisk == 19)
        #expect(throws: Errno.invalidArgument) {
            try pool.writeBack(.pages([0...(1 << 18)]), waitsNanoseconds: Self.wait)
        }
        #expect(pool.histogram[3] == 10 && pool.histogram[16] == 10)
        pool.checkInvariants()
        // Nothing comes back by being read where pages only go when they are told to.
        for number in 0..<10 as Range<UInt64> { #expect(try PagePoolTests.get(pool, number) == page(number)) }
        for number in 16..<20 as Range<UInt64> {
            #expect(try PagePoolTests.get(pool, number) == TestPage.of(4096, mark: number))
        }
        #expect(pool.statistics.pagesOnDisk == 19)
    }

    @Test(arguments: [1, 3])
    func `much more than the limit can be put, and all of it is got`(shards: Int) throws {
        let (pool, device) = try makePool(limit: 1 << 20, clusters: 200, shards: shards)
        for number in 0..<6_000 as Range<UInt64> {
            try pool.put(number, page(number, 200 + Int(number % 1_500)).span)
        }
        #expect(pool.statistics.heldBytes <= 1 << 20)
        #expect(pool.statistics.pagesOnDisk > 4_000 && pool.statistics.failedWrites == 0)
        for number in 0..<6_000 as Range<UInt64> {
            #expect(try PagePoolTests.get(pool, number) == page(number, 200 + Int(number % 1_500)))
        }
        #expect(pool.statistics.heldBytes <= 1 << 20)
        let backing = pool.backingStatistics
        #expect(backing.pagesSpilled >= backing.writeRequests * 50)
        #expect(device.state.withLock { $0.writes } == Int(backing.writeRequests))
        pool.checkInvariants()
    }

    @Test func `a record that is larger than what the marks leave is put nevertheless`() throws {
        let (pool, _) = try makePool(limit: 1 << 20, clusters: 200)
        for number in 0..<2_000 as Range<UInt64> { try pool.put(number, page(number).span) }
        for round in 0..<8 as Range<UInt64> {
            var batch = TestBatch()
            let first = 10_000 + round * 256
            batch.put(first, (first..<(first + 256)).map { page($0, 2000) })
            batch.get(first - 128, 384)
            let answers = try batch.send(to: pool)
            #expect(answers[0].errno == nil)
            #expect(answers[1].pages.suffix(256).map { $0 ?? [] } == (first..<(first + 256)).map { page($0, 2000) })
            pool.checkInvariants()
        }
        for number in 0..<2_000 as Range<UInt64> { #expect(try PagePoolTests.get(pool, number) == page(number)) }
        for number in 10_000..<12_048 as Range<UInt64> {
            #expect(try PagePoolTests.get(pool, number) == page(number, 2000))
        }
        #expect(pool.statistics.heldBytes <= 1 << 20)
    }

    @Test func `neighbours in a batch are read by their blocks`() throws {
        let (pool, device) = try makePool(policy: .never)
        for number in 0..<64 as Range<UInt64> { try pool.put(number, page(number, 900).span) }
        try pool.writeBack(.pages([0...63]), waitsNanoseconds: Self.wait)
        var batch = TestBatch()
        batch.get(0, 64)
        let pages = try batch.send(to: pool)[0].pages
        #expect(pages.enumerated().allSatisfy { $1 == page(UInt64($0), 900) })
        #expect(device.state.withLock { $0.reads } < 48)
    }

    @Test func `half has large pages go, those that were there and those that come`() throws {
        let (pool, _) = try makePool(policy: .never)
        for number in 0..<20 as Range<UInt64> { try pool.put(number, page(number, 2400).span) }
        for number in 20..<40 as Range<UInt64> { try pool.put(number, page(number, 1000).span) }
        try pool.setSpillPolicy(.half)
        for number in 40..<60 as Range<UInt64> { try pool.put(number, page(number, 4090).span) }
        try pool.modify(60, at: 0, page(60, 3000).span.extracting(0..<3000))
        var batch = TestBatch()
        batch.put(100, (100..<110).map { page($0, 2100) })
        #expect(try batch.send(to: pool)[0].errno == nil)
        until { pool.statistics.pagesOnDisk == 51 }
        #expect(try pool.state(of: 30) == .compressed(storedBytes: 1008))
        for number in 100..<110 as Range<UInt64> {
            #expect(try PagePoolTests.get(pool, number) == page(number, 2100))
        }
        pool.checkInvariants()
    }

    /// Waits for the pool's thread, two minutes at most.
    private func until(_ condition: () -> Bool) {
        for _ in 0..<120_000 {
            if condition() { return }
            usleep(1000)
        }
        Issue.record("it never came")
    }

    @Test func `what is put, modified or discarded while it is written is what is there afterwards`() throws {
        let (pool, device) = try makePool(policy: .never)
        for number in 0..<40 as Range<UInt64> { try pool.put(number, page(number).span) }
        let isDone = Atomic<Bool>(false)
        device.state.withLock { state in
            state.beforeWrite = {
                guard !isDone.exchange(true, ordering: .relaxed) else { return }
                // In place, of another class, discarded, discarded and put again, changed, a pattern.
                try? pool.put(0, TestPage.of(1000, mark: 900).span)
                try? pool.put(1, TestPage.of(500, mark: 901).span)
                try? pool.discard(2)
                try? pool.discard(3)
                try? pool.put(3, TestPage.of(1000, mark: 903).span)
                try? pool.modify(4, at: 10, ([9] as [UInt8]).span)
                try? pool.put(5, TestPage.repeating(5).span)
                pool.checkInvariants()
            }
        }
        try pool.writeBack(.pages([0...39]), waitsNanoseconds: Self.wait)
        #expect(pool.statistics.pagesOnDisk == 34)
        #expect(try PagePoolTests.get(pool, 0) == TestPage.of(1000, mark: 900))
        #expect(try PagePoolTests.get(pool, 1) == TestPage.of(500, mark: 901))
        #expect(throws: Errno.noData) { try PagePoolTests.get(pool, 2) }
        #expect(try PagePoolTests.get(pool, 3) == TestPage.of(1000, mark: 903))
        var changed = page(4)
        changed[10] = 9
        #expect(try PagePoolTests.get(pool, 4) == changed)
        #expect(try PagePoolTests.get(pool, 5) == TestPage.repeating(5))
        for number in 6..<40 as Range<UInt64> { #expect(try PagePoolTests.get(pool, number) == page(number)) }
        pool.checkInvariants()
    }

    @Test func `a reset while pages are written leaves none`() throws {
        let (pool, device) = try makePool(policy: .never)
        for number in 0..<40 as Range<UInt64> { try pool.put(number, page(number).span) }
        device.state.withLock { state in
            state.beforeWrite = {
                try? pool.reset()
                try? pool.put(7, TestPage.of(1000, mark: 77).span)
            }
        }
        try pool.writeBack(.pages([0...39]), waitsNanoseconds: Self.wait)
        #expect(pool.statistics.pagesStored == 1 && pool.statistics.pagesOnDisk == 0)
        #expect(try PagePoolTests.get(pool, 7) == TestPage.of(1000, mark: 77))
        pool.checkInvariants()
    }

    @Test func `the backing store goes while pages are on their way, and they stay`() throws {
        let (pool, device) = try makePool(policy: .never)
        for number in 0..<40 as Range<UInt64> { try pool.put(number, page(number).span) }
        device.state.withLock { state in state.beforeWrite = { try? pool.setBacking(device: nil) } }
        try pool.writeBack(.pages([0...39]), waitsNanoseconds: Self.wait)
        #expect(pool.backingName == nil && pool.statistics.pagesOnDisk == 0)
        for number in 0..<40 as Range<UInt64> { #expect(try PagePoolTests.get(pool, number) == page(number)) }
        #expect(throws: Errno.noSuchAddressOrDevice) { try pool.writeBack(.huge, waitsNanoseconds: Self.wait) }
        // And another one is taken, with nobody left who is on his way.
        try pool.setBacking(device: TestDevice(clusters: 4, name: "other"))
        try pool.writeBack(.pages([0...39]), waitsNanoseconds: Self.wait)
        #expect(pool.statistics.pagesOnDisk == 40 && pool.backingName == "other")
        #expect(throws: Errno.resourceBusy) { try pool.setBacking(device: nil) }
        #expect(throws: Errno.resourceBusy) { try pool.setBacking(device: TestDevice(clusters: 4)) }
        pool.checkInvariants()
    }

    @Test func `a cluster is written anew while a page of it is read`() throws {
        let (pool, device) = try makePool(clusters: 4, policy: .never)
        for number in 0..<10 as Range<UInt64> { try pool.put(number, page(number).span) }
        try pool.writeBack(.pages([0...9]), waitsNanoseconds: Self.wait)
        let isDone = Atomic<Bool>(false)
        device.state.withLock { state in
            state.beforeRead = {
                guard !isDone.exchange(true, ordering: .relaxed) else { return }
                for number in 0..<10 as Range<UInt64> { try? pool.discard(number) }
                for number in 0..<10 as Range<UInt64> {
                    try? pool.put((number + 1) % 10, TestPage.of(700, mark: number + 70).span)
                }
                try? pool.writeBack(.pages([0...9]), waitsNanoseconds: SpillTests.wait)
            }
        }
        #expect(try PagePoolTests.get(pool, 3) == TestPage.of(700, mark: 72))
        // The same for a change, of which nothing may be lost.
        isDone.store(false, ordering: .relaxed)
        try pool.modify(5, at: 1, ([8] as [UInt8]).span)
        var changed = TestPage.of(700, mark: 74)
        changed[1] = 8
        #expect(try PagePoolTests.get(pool, 5) == changed)
        #expect(pool.statistics.failedReads == 0)
        pool.checkInvariants()
    }

    @Test func `garbage is collected where clusters get scarce, and nothing of it is lost`() throws {
        let (pool, _) = try makePool(clusters: 16, policy: .never)
        var versions: [UInt64: UInt64] = [:]
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        // 600 pages of 1 KiB are ten clusters; overwritten twenty times over.
        for round in 1...200 as ClosedRange<UInt64> {
            var numbers: [UInt64] = []
            for _ in 0..<60 {
                let number = random.next() % 600
                try pool.put(number, TestPage.of(900 + Int(number % 100), mark: round * 1_000 + number).span)
                versions[number] = round * 1_000 + number
                numbers.append(number)
            }
            try pool.writeBack(.pages(numbers.map { $0...$0 }), waitsNanoseconds: Self.wait)
            #expect(pool.statistics.pagesOnDisk == UInt64(versions.count), "SEED=\(seed)")
        }
        pool.checkInvariants()
        #expect(pool.backingStatistics.pagesMoved > 1_000)
        for (number, mark) in versions {
            #expect(
                try PagePoolTests.get(pool, number) == TestPage.of(900 + Int(number % 100), mark: mark), "SEED=\(seed)")
        }
    }

    @Test func `the limit goes below what is held where the rest can be written, and is refused where it cannot`()
        throws
    {
        let (pool, _) = try makePool(limit: 8 << 20, clusters: 40)
        for number in 0..<3_000 as Range<UInt64> { try pool.put(number, page(number).span) }
        #expect(throws: Errno.resourceBusy) { try pool.setMemLimit(64 << 10) }
        #expect(throws: Errno.resourceBusy) { try pool.setMemLimit(512 << 10) }
        #expect(pool.memLimitBytes == 8 << 20)
        try pool.setMemLimit(2 << 20)
        until { pool.statistics.heldBytes <= 2 << 20 }
        for number in 0..<3_000 as Range<UInt64> { #expect(try PagePoolTests.get(pool, number) == page(number)) }
        #expect(pool.statistics.heldBytes <= 2 << 20)
        try pool.setSpillPolicy(.never)
        #expect(throws: Errno.resourceBusy) { try pool.setMemLimit(1 << 20) }
        // With room again, they come back one by one as they are read.
        try pool.setSpillPolicy(nil)
        try pool.setMemLimit(0)
        for number in 0..<3_000 as Range<UInt64> { #expect(try PagePoolTests.get(pool, number) == page(number)) }
        #expect(pool.statistics.pagesOnDisk == 0)
        pool.checkInvariants()
    }

    @Test func `buffers count as held, and need room`() throws {
        let pools = PagePools(codec: codec, limits: PagePoolLimits())
        let pool = try pools.create(
            name: "b", options: PagePoolOptions(disksizeBytes: 1 << 20, memLimitBytes: 120 << 10))
        #expect(throws: Errno.noSpace) { try pool.setBacking(device: TestDevice(clusters: 4)) }
        #expect(pool.backingName == nil && pool.statistics.heldBytes == 0)
        try pool.setMemLimit(256 << 10)
        try pool.setBacking(device: TestDevice(clusters: 4))
        #expect(pool.statistics.heldBytes == 128 << 10)
        try pool.setBacking(device: nil)
        #expect(pool.statistics.heldBytes == 0)
        pool.checkInvariants()
    }

    @Test func `no more is written than the writeback limit allows`() throws {
        let (pool, device) = try makePool(policy: .never)
        for number in 0..<300 as Range<UInt64> { try pool.put(number, page(number).span) }
        pool.setWritebackLimit(blocks: 40, isLimited: true)
        #expect(throws: Errno.ioError) { try pool.writeBack(.pages([0...299]), waitsNanoseconds: Self.wait) }
        #expect(device.state.withLock { $0.writes } == 2 && pool.writebackLimit == 8)
        #expect(pool.statistics.pagesOnDisk > 100)
        pool.setWritebackLimit(isLimited: false)
        try pool.writeBack(.pages([0...299]), waitsNanoseconds: Self.wait)
        #expect(pool.statistics.pagesOnDisk == 300 && pool.writebackLimit == 8)
        pool.checkInvariants()
    }

    @Test func `a pool that is removed lets its file go, and who waits is told`() throws {
        let pools = PagePools(codec: codec, limits: PagePoolLimits())
        let pool = try pools.create(name: "b", options: PagePoolOptions(disksizeBytes: 1 << 30))
        let device = TestDevice(clusters: 8)
        try pool.setBacking(device: device)
        for number in 0..<100 as Range<UInt64> { try pool.put(number, page(number).span) }
        try pool.writeBack(.pages([0...99]), waitsNanoseconds: Self.wait)
        try pools.remove(pool)
        #expect(device.state.withLock { $0.blocks.isEmpty })
        #expect(pool.backingName == nil && pool.statistics.heldBytes == 0)
        #expect(throws: Errno.operationNotSupportedByDevice) { try pool.writeBack(.huge, waitsNanoseconds: Self.wait) }
        #expect(throws: Errno.operationNotSupportedByDevice) { try pool.setBacking(device: device) }
        #expect(throws: Errno.operationNotSupportedByDevice) { try PagePoolTests.get(pool, 1) }
    }
}
