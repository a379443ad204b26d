internal import Bytes
internal import JITFSTestSupport
internal import Locking
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

@Suite struct BatchTests {
    private let codec = ToyCodec()
    private let memory = ScantMemory()

    private func makePool(limit: UInt64 = 0, shards: Int = 4) throws -> PagePool {
        let pools = PagePools(
            codec: codec, limits: PagePoolLimits(), probe: nil, memory: memory,
            plan: ShardPlan(countMax: shards, bytesEach: 16 << 10))
        return try pools.create(name: "b", options: PagePoolOptions(disksizeBytes: 1 << 30, memLimitBytes: limit))
    }

    @Test func `records are done in their order, and say what became of them`() throws {
        let pool = try makePool()
        var batch = TestBatch()
        let pages = [
            TestPage.of(100, mark: 1), TestPage.repeating(0), TestPage.repeating(9 << 60), TestPage.of(4096),
        ]
        batch.put(7, pages)
        batch.get(6, 6)
        batch.discard(8, 2)
        batch.get(8, 2)
        batch.put(8, [TestPage.of(50, mark: 2)])
        batch.get(8, 1)
        let answers = try batch.send(to: pool)
        #expect(answers.map(\.letter) == ["P", "G", "D", "G", "P", "G"])
        #expect(answers.allSatisfy { $0.errno == nil })
        #expect(answers[1].pages == [nil] + pages + [nil])
        #expect(answers[3].pages == [nil, nil])
        #expect(answers[5].pages == [TestPage.of(50, mark: 2)])
        let statistics = pool.statistics
        #expect(statistics.puts == 5 && statistics.gets == 5 && statistics.discards == 2)
        #expect(statistics.pagesStored == 3)
        pool.checkInvariants()
    }

    @Test func `a batch over many leaves and shards is what single puts would have been`() throws {
        let pool = try makePool()
        let other = try makePool()
        for round in 0..<6 as Range<UInt64> {
            var batch = TestBatch()
            let pages = (0..<1000).map { TestPage.of(Int((UInt64($0) &* 37 &+ round &* 411) % 1900), mark: round) }
            batch.put(100 + round * 600, pages)
            #expect(try batch.send(to: pool).allSatisfy { $0.errno == nil })
            for (index, page) in pages.enumerated() { try other.put(100 + round * 600 + UInt64(index), page.span) }
            pool.checkInvariants()
            other.checkInvariants()
        }
        #expect(pool.shards.count { $0.state.withLock { $0.storage.table.count > 0 } } > 1)
        #expect(pool.statistics.storedBytes == other.statistics.storedBytes)
        #expect(pool.histogram == other.histogram)
        for number in stride(from: 0, to: 5000, by: 7) as StrideTo<UInt64> {
            #expect(try pool.state(of: number) == other.state(of: number))
        }
        var batch = TestBatch()
        for start in stride(from: 0, to: 5000, by: 1000) as StrideTo<UInt64> { batch.discard(start, 1000) }
        _ = try batch.send(to: pool, pagesMax: 5000)
        #expect(pool.statistics.heldBytes == 0)
        pool.checkInvariants()
    }

    @Test(arguments: [1, 4])
    func `a record that the limit has no room for leaves every old version`(_ shards: Int) throws {
        let pool = try makePool(limit: 60 * 4096, shards: shards)
        var kept: [UInt64: [UInt8]] = [:]
        for number in 0..<40 as Range<UInt64> {
            let page = TestPage.of(1000 + Int(number) * 20, mark: number)
            try pool.put(number * 40, page.span)
            kept[number * 40] = page
        }
        let before = pool.statistics
        var batch = TestBatch()
        batch.put(0, (0..<600).map { TestPage.of(1500, mark: $0) })
        batch.get(0, 1)
        let answers = try batch.send(to: pool)
        #expect(answers[0].errno == .noSpace)
        #expect(answers[1].pages == [kept[0]])
        #expect(pool.statistics.failedWrites == before.failedWrites + 600)
        #expect(pool.statistics.pagesStored == 40)
        #expect(pool.statistics.heldBytes <= before.heldBytes)
        for (number, page) in kept { #expect(try PagePoolTests.get(pool, number) == page) }
        pool.checkInvariants()
    }

    @Test func `a record is judged by what it comes to`() throws {
        // Full: ten huge pages on eleven pages of memory or so, two for the table.
        let pool = try makePool(shards: 1)
        for number in 0..<10 as Range<UInt64> { try pool.put(number, TestPage.of(4096, mark: number).span) }
        try pool.setMemLimit(pool.statistics.heldBytes)
        #expect(throws: Errno.noSpace) { try pool.put(11, TestPage.of(4000).span) }
        // The first huge pages go for them, and a page that is new comes with them.
        var batch = TestBatch()
        batch.put(5, (0..<15).map { TestPage.of(1200, mark: $0) })
        #expect(try batch.send(to: pool)[0].errno == nil)
        #expect(pool.statistics.heldBytes <= pool.memLimitBytes)
        pool.checkInvariants()
        var back = TestBatch()
        let zeros = [[UInt8]](repeating: TestPage.repeating(0), count: 10)
        back.put(5, (0..<5).map { TestPage.of(4096, mark: $0) } + zeros)
        #expect(try back.send(to: pool)[0].errno == nil)
        #expect(pool.statistics.heldBytes <= pool.memLimitBytes)
        pool.checkInvariants()
    }

    @Test func `the first, second, third… mapping fails, and no record is half stored`() throws {
        var failures = 0
        while true {
            memory.mappingsLeft.store(.max, ordering: .relaxed)
            let pool = try makePool()
            try pool.put(5, TestPage.of(77).span)
            memory.mappingsLeft.store(failures, ordering: .relaxed)
            var batch = TestBatch()
            batch.put(0, (0..<1000).map { TestPage.of($0 * 3, mark: UInt64($0)) })
            let answer = try batch.send(to: pool)[0]
            pool.checkInvariants()
            if answer.errno == nil { break }
            #expect(answer.errno == .noMemory)
            #expect(pool.statistics.pagesStored == 1)
            #expect(try PagePoolTests.get(pool, 5) == TestPage.of(77))
            memory.mappingsLeft.store(.max, ordering: .relaxed)
            #expect(try batch.send(to: pool)[0].errno == nil)
            pool.checkInvariants()
            failures += 20
        }
        #expect(failures > 100)
    }

    @Test func `a codec that fails at a page refuses the record, and a damaged page the get`() throws {
        let pool = try makePool()
        var batch = TestBatch()
        batch.put(0, (0..<5).map { TestPage.of(100, mark: $0) })
        codec.callsLeft.store(3, ordering: .relaxed)
        #expect(try batch.send(to: pool)[0].errno == .ioError)
        #expect(pool.statistics.pagesStored == 0 && pool.statistics.failedWrites == 5)
        codec.callsLeft.store(.max, ordering: .relaxed)
        #expect(try batch.send(to: pool)[0].errno == nil)
        codec.callsLeft.store(2, ordering: .relaxed)
        var get = TestBatch()
        get.get(0, 5)
        get.discard(1, 1)
        #expect(try get.send(to: pool).map(\.errno) == [.badMessage, nil])
        #expect(pool.statistics.failedReads == 1)
        codec.callsLeft.store(.max, ordering: .relaxed)
        #expect(try get.send(to: pool)[0].pages.count { $0 == nil } == 1)
    }

    @Test func `a pool that is gone is no device for a batch`() throws {
        let pool = try makePool()
        var batch = TestBatch()
        batch.get(0, 1)
        pool.close()
        #expect(throws: Errno.operationNotSupportedByDevice) { try batch.send(to: pool) }
    }

    @Test func `a record is whole for everybody, whatever else is put there`() throws {
        let seed = Seed.next()
        let pool = try makePool(limit: 3000 << 10)
        let first: UInt64 = 400
        let count = 300
        var whole = TestBatch()
        whole.put(first, (0..<count).map { _ in TestPage.repeating(0) })
        _ = try whole.send(to: pool)
        let problems = Problems()
        let isDone = Atomic<Int>(0)
        var threads = Threads()
        for thread in 0..<2 as Range<UInt64> {
            threads.start {
                var random = SeededGenerator(seed: seed &+ thread)
                for _ in 0..<60 {
                    let mark = random.next() % 1000
                    var batch = TestBatch()
                    batch.put(first, (0..<count).map { TestPage.of(16 + ($0 * 7 + Int(mark)) % 1500, mark: mark) })
                    do {
                        let errno = try batch.send(to: pool)[0].errno
                        if errno != nil, errno != .noSpace { problems.note("\(String(describing: errno))") }
                    } catch {
                        problems.note("\(error)")
                    }
                }
                isDone.add(1, ordering: .relaxed)
            }
        }
        threads.start {
            var random = SeededGenerator(seed: seed &+ 9)
            while isDone.load(ordering: .relaxed) < 2 {
                // Neighbours of the record, single pages, in the same leaves and shards.
                let number = first - 50 + random.next() % 50
                do throws(Errno) {
                    try pool.put(number, TestPage.of(Int(random.next() % 3000), mark: number).span)
                    if random.next() % 3 == 0 { try pool.discard(number) }
                } catch {
                    if error != .noSpace { problems.note("\(error)") }
                }
            }
        }
        threads.join()
        #expect(problems.list == [], "SEED=\(seed)")
        // Of one writer from end to end: its mark is in each page.
        var get = TestBatch()
        get.get(first, count)
        let pages = try get.send(to: pool)[0].pages
        let marks = (0..<1000 as Range<UInt64>).filter { mark in
            pages[0] == TestPage.of(16 + Int(mark) % 1500, mark: mark)
        }
        let isWhole = marks.contains { mark in
            pages.indices.allSatisfy { pages[$0] == TestPage.of(16 + ($0 * 7 + Int(mark)) % 1500, mark: mark) }
        }
        #expect(isWhole, "SEED=\(seed)")
        pool.checkInvariants()
    }
}
