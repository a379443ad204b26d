internal import Bytes
internal import Locking
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

/// The first, the second, the third… of something fails while one feature works on what another keeps, until nothing fails
/// any more: nothing that was acknowledged is lost, and what is told adds up.
@Suite struct SeamFaultTests {
    private let codec = ToyCodec()
    private let memory = ScantMemory()

    private func makePool(
        limit: Int = 0, clusters: Int = 64, dictionary: DictionaryPolicy = .off
    ) throws -> (PagePool, TestDevice) {
        let pools = PagePools(
            codec: codec, limits: PagePoolLimits(), probe: nil, memory: memory,
            plan: ShardPlan(countMax: 1, bytesEach: 32 << 10), dictionaryPlan: DictionaryPool.plan)
        let pool = try pools.create(
            name: "f",
            options: PagePoolOptions(disksizeBytes: 1 << 30, memLimitBytes: UInt64(limit), dictionary: dictionary))
        let device = TestDevice(clusters: clusters)
        try pool.setBacking(device: device)
        return (pool, device)
    }

    /// Nothing fails any more.
    private func heal(_ device: TestDevice? = nil) {
        memory.mappingsLeft.store(.max, ordering: .relaxed)
        codec.callsLeft.store(.max, ordering: .relaxed)
        codec.dictionariesLeft.store(.max, ordering: .relaxed)
        codec.trainingsLeft.store(.max, ordering: .relaxed)
        device?.state.withLock { state in
            state.readsLeft = nil
            state.writesLeft = nil
        }
    }

    private static func page(_ number: UInt64, _ mark: UInt64) -> [UInt8] {
        TestPage.related(700 + Int(number * 7 % 20) * 75, mark: number + mark)
    }

    private func put(_ pool: PagePool, _ numbers: Range<UInt64>, mark: UInt64 = 1) throws {
        for number in numbers { try pool.put(number, Self.page(number, mark).span) }
    }

    private static func contents(_ numbers: Range<UInt64>, mark: UInt64 = 1) -> [UInt64: [UInt8]] {
        Dictionary(uniqueKeysWithValues: numbers.map { ($0, page($0, mark)) })
    }

    /// Has pages written by the test's own thread.
    private func spill(_ pool: PagePool, _ pages: ClosedRange<UInt64>) {
        pool.spiller.work.withLock { $0.requests.append(WritebackRequest(.pages([pages]))) }
        _ = DictionaryPool.work(pool.spiller)
    }

    private func check(_ pool: PagePool, _ wanted: [UInt64: [UInt8]]) throws {
        pool.checkInvariants()
        #expect(try TestSnapshot.contents(pool) == wanted)
        pool.checkInvariants()
    }

    // MARK: restore

    @Test(arguments: [Errno.ioError, .noSpace])
    func `a restore for which old pages cannot go leaves them, at whichever write`(_ error: Errno) throws {
        let (source, _) = try makePool()
        try put(source, 0..<150, mark: 1_000)
        let snapshot = try TestSnapshot.of(source)
        var writes = 0
        while true {
            let (pool, device) = try makePool(limit: 640 << 10)
            try put(pool, 0..<400)
            device.state.withLock { state in
                state.writesLeft = writes
                state.writeError = error
                state.blocksOfFailingWrite = writes % 16
            }
            var refusal: RestoreFailure?
            do throws(RestoreFailure) { try TestSnapshot.restore(snapshot, into: pool) } catch { refusal = error }
            let failures = pool.backingStatistics.writeFailures
            heal(device)
            if let refusal { #expect(refusal == .refused(.noSpace) && failures > 0) }
            try check(pool, refusal == nil ? Self.contents(0..<150, mark: 1_000) : Self.contents(0..<400))
            #expect(pool.held.counts.apart == 0)
            if failures == 0 { break }
            // And when it works again, it goes.
            try pool.setSpillPolicy(nil)
            try TestSnapshot.restore(snapshot, into: pool)
            try check(pool, Self.contents(0..<150, mark: 1_000))
            writes += 1
        }
        #expect(writes > 1)
    }

    @Test func `a restore that lacks a mapping, a dictionary or the codec anywhere leaves pages and store`() throws {
        let fixture = try DictionaryPool()
        try fixture.put(0..<60)
        fixture.work()
        try fixture.put(0..<60)
        #expect(fixture.dictionary(of: 7) != 0)
        let snapshot = try TestSnapshot.of(fixture.pool)
        memory.hasThreads.store(false, ordering: .relaxed)
        for kind in 0..<3 {
            var left = 0
            while true {
                let (pool, device) = try makePool()
                try put(pool, 0..<40)
                spill(pool, 0...19)
                switch kind {
                case 0: memory.mappingsLeft.store(left, ordering: .relaxed)
                case 1: codec.dictionariesLeft.store(left, ordering: .relaxed)
                default: codec.callsLeft.store(left * 7, ordering: .relaxed)
                }
                var isDone = true
                do throws(RestoreFailure) { try TestSnapshot.restore(snapshot, into: pool) } catch { isDone = false }
                heal(device)
                #expect(pool.dictionaryReport.dictionaries.count == (isDone ? 1 : 0))
                #expect(pool.statistics.pagesOnDisk == (isDone ? 0 : 20))
                try check(pool, isDone ? try TestSnapshot.contents(fixture.pool) : Self.contents(0..<40))
                if isDone { break }
                left += 1
            }
            #expect(left > 0)
        }
    }

    @Test func `dictionaries of a snapshot wait for old pages to go`() throws {
        let fixture = try DictionaryPool()
        fixture.codec.dictionaryBytes.store(4096, ordering: .relaxed)
        try fixture.put(0..<60)
        fixture.work()
        try fixture.put(0..<60)
        let snapshot = try TestSnapshot.of(fixture.pool)
        codec.dictionaryBytes.store(300 << 10, ordering: .relaxed)
        let (pool, _) = try makePool(limit: 1 << 20)
        try put(pool, 0..<900)
        try TestSnapshot.restore(snapshot, into: pool)
        #expect(pool.statistics.heldBytes <= 1 << 20)
        try check(pool, try TestSnapshot.contents(fixture.pool))
    }

    // MARK: snapshot and scrub

    @Test func `a snapshot at whichever read that fails has no end, and changes nothing`() throws {
        memory.hasThreads.store(false, ordering: .relaxed)
        let (pool, device) = try makePool()
        try put(pool, 0..<60)
        spill(pool, 10...49)
        var reads = 0
        while true {
            device.state.withLock { $0.readsLeft = reads }
            let (bytes, errno) = TestSnapshot.begun(of: pool)
            heal(device)
            #expect(pool.statistics.pagesOnDisk == 40 && pool.statistics.failedReads == UInt64(min(reads + 1, 40)))
            guard let errno else { break }
            #expect(errno == .ioError)
            #expect(throws: RestoreFailure.mistake(.truncated)) { try TestSnapshot.restore(bytes, into: pool) }
            reads += 1
        }
        #expect(reads == 40)
        try pool.scrubber.begin(pages: 60)
        device.state.withLock { $0.readsLeft = 33 }
        _ = DictionaryPool.work(pool.scrubber)
        #expect(pool.scrubReport.pagesDamaged == 7 && pool.scrubReport.pagesChecked == 60)
        heal(device)
        try check(pool, Self.contents(0..<60))
    }

    // MARK: recompression, dictionaries, spill

    @Test func `a page that is packed again is what it was, whichever mapping fails`() throws {
        memory.hasThreads.store(false, ordering: .relaxed)
        codec.extraBelow2.store(48, ordering: .relaxed)
        var mappings = 0
        while true {
            let (pool, _) = try makePool()
            try put(pool, 0..<60)
            spill(pool, 10...19)
            memory.mappingsLeft.store(mappings, ordering: .relaxed)
            try pool.recompressionChore.take(RecompressionOrder(level: 2, cpuPercent: 100))
            _ = DictionaryPool.work(pool.recompressionChore)
            heal()
            let progress = pool.recompression
            #expect(!progress.isRunning && progress.pagesRecompressed + progress.pagesFailed == 50)
            #expect(pool.statistics.puts == 60 && pool.statistics.failedWrites == 0)
            try check(pool, Self.contents(0..<60))
            if progress.pagesFailed == 0 { break }
            mappings += 1
        }
        #expect(mappings > 2)
    }

    @Test func `a training that lacks memory anywhere leaves pages and store`() throws {
        memory.hasThreads.store(false, ordering: .relaxed)
        for kind in 0..<3 {
            var left = 0
            while true {
                let (pool, device) = try makePool(dictionary: .space)
                try put(pool, 0..<24)
                spill(pool, 4...11)
                switch kind {
                case 0: memory.mappingsLeft.store(left, ordering: .relaxed)
                case 1: codec.dictionariesLeft.store(left, ordering: .relaxed)
                default: codec.callsLeft.store(left, ordering: .relaxed)
                }
                _ = DictionaryPool.work(pool.dictionaryChore)
                heal(device)
                let report = pool.dictionaryReport
                #expect(report.trainings == 1 && report.pagesSampled == 0)
                #expect((report.failures == 1) == report.dictionaries.isEmpty)
                #expect(pool.statistics.pagesOnDisk == 8)
                try check(pool, Self.contents(0..<24))
                // Pages were packed anew with it as far as that went.
                let isClean = pool.held.counts.apart == report.dictionaries.count
                #expect(isClean)
                if report.failures == 0 { break }
                left += 1
            }
            #expect(left > 0)
        }
    }

    @Test func `a batch that is refused while its pages are written leaves every one`() throws {
        memory.hasThreads.store(false, ordering: .relaxed)
        for kind in 0..<2 {
            var left = 0
            while true {
                let (pool, device) = try makePool()
                try put(pool, 0..<40)
                let answers = Locked<[TestBatch.Answer]>([])
                device.state.withLock { state in
                    state.beforeWrite = { [memory, codec, left] in
                        guard answers.withLock({ $0.isEmpty }) else { return }
                        if kind == 0 { memory.mappingsLeft.store(left, ordering: .relaxed) }
                        if kind == 1 { codec.callsLeft.store(left, ordering: .relaxed) }
                        var batch = TestBatch()
                        batch.put(5, (5..<30 as Range<UInt64>).map { TestPage.of(3_000 + Int($0) * 20, mark: $0) })
                        let sent = try? batch.send(to: pool)
                        answers.withLock { $0 = sent ?? [] }
                        memory.mappingsLeft.store(.max, ordering: .relaxed)
                        codec.callsLeft.store(.max, ordering: .relaxed)
                    }
                }
                spill(pool, 0...39)
                let errno = try #require(answers.withLock { $0.first }).errno
                var wanted = Self.contents(0..<40)
                if errno == nil {
                    for number in 5..<30 as Range<UInt64> {
                        wanted[number] = TestPage.of(3_000 + Int(number) * 20, mark: number)
                    }
                }
                try check(pool, wanted)
                guard errno != nil else { break }
                left += 1
            }
            #expect(left > 5)
        }
    }

    @Test func `a page that is read is given though there is no memory to keep it`() throws {
        memory.hasThreads.store(false, ordering: .relaxed)
        let (pool, _) = try makePool()
        try put(pool, 0..<40)
        spill(pool, 0...39)
        pool.trimShards()
        memory.mappingsLeft.store(0, ordering: .relaxed)
        try check(pool, Self.contents(0..<40))
        #expect(pool.backingStatistics.pagesPromoted < 40)
        heal()
        try check(pool, Self.contents(0..<40))
        #expect(pool.statistics.pagesOnDisk == 0)
    }
}
