internal import Bytes
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

@Suite struct DictionaryFaultTests {
    /// A pool that writes pages out is at its limit nearly always: what is sampled stays there.
    @Test func `a pool that is always at its limit trains, too, where pages go to a backing store`() throws {
        let pools = PagePools(
            codec: ToyCodec(), limits: PagePoolLimits(), probe: nil, memory: ScantMemory(),
            plan: ShardPlan(countMax: 1, bytesEach: 1 << 30), dictionaryPlan: DictionaryPool.plan)
        let pool = try pools.create(
            name: "d", options: PagePoolOptions(disksizeBytes: 1 << 30, memLimitBytes: 1 << 20, dictionary: .space))
        try pool.setBacking(device: TestDevice(clusters: 512))
        func put(_ numbers: Range<UInt64>) throws {
            for number in numbers { try pool.put(number, DictionaryPool.page(number).span) }
        }
        // The first page of a sample comes when the limit is reached already.
        try pool.setDictionaryPolicy(.off)
        try put(0..<2_000)
        #expect(pool.statistics.pagesOnDisk > 0)
        try pool.setDictionaryPolicy(.space)
        var next: UInt64 = 2_000
        while pool.dictionaryReport.dictionaries.isEmpty, next < 22_000 {
            try put(next..<(next + 100))
            next += 100
        }
        #expect(!pool.dictionaryReport.dictionaries.isEmpty)
        #expect(pool.dictionaryReport.failures == 0)
        #expect(pool.statistics.heldBytes <= 1 << 20)
        pool.checkInvariants()
        #expect(try PagePoolTests.get(pool, 0) == DictionaryPool.page(0))
    }

    private func check(_ fixture: DictionaryPool, family: UInt8) throws {
        #expect(fixture.pool.dictionaryReport.failures == 1 && fixture.kinds == [])
        #expect(fixture.pool.held.counts.apart == 0)
        fixture.pool.checkInvariants()
    }

    @Test func `a training that fails changes nothing, and the next is tried`() throws {
        var plan = DictionaryPool.plan
        plan.pagesMax = 30
        let fixture = try DictionaryPool(plan: plan)
        fixture.codec.trainingsLeft.store(0, ordering: .relaxed)
        try fixture.put(0..<24)
        fixture.work()
        try check(fixture, family: 0)
        fixture.codec.trainingsLeft.store(.max, ordering: .relaxed)
        try fixture.put(24..<100)
        fixture.work()
        #expect(fixture.kinds == [.raw])
        #expect(try fixture.has(0..<100))
    }

    @Test func `the first, second, third… dictionary that cannot be made leaves all as it was`() throws {
        var made = 0
        var plan = DictionaryPool.plan
        plan.familiesMax = 2
        while true {
            let fixture = try DictionaryPool(plan: plan)
            for number in 0..<48 as Range<UInt64> {
                try fixture.put(number..<(number + 1), family: UInt8(number % 2))
            }
            fixture.codec.dictionariesLeft.store(made, ordering: .relaxed)
            fixture.work()
            fixture.pool.checkInvariants()
            for number in 0..<48 as Range<UInt64> {
                #expect(try fixture.has(number..<(number + 1), family: UInt8(number % 2)))
            }
            if !fixture.kinds.isEmpty { break }
            try check(fixture, family: 0)
            #expect(fixture.codec.dictionaries.load(ordering: .relaxed) == 0)
            made += 1
        }
        #expect(made >= 4)
    }

    @Test func `a codec that fails in a training is a failure of that`() throws {
        let fixture = try DictionaryPool()
        try fixture.put(0..<24)
        fixture.codec.callsLeft.store(10, ordering: .relaxed)
        fixture.work()
        fixture.codec.callsLeft.store(.max, ordering: .relaxed)
        try check(fixture, family: 0)
        #expect(try fixture.has(0..<24))
    }

    @Test func `a thread that is refused is asked for again with the next page that is looked at`() throws {
        let fixture = try DictionaryPool()
        try fixture.put(0..<100)
        #expect(fixture.pool.dictionaryReport.pagesSampled == 24 && fixture.pool.dictionaryReport.trainings == 0)
        fixture.memory.hasThreads.store(true, ordering: .relaxed)
        // The worker takes the sample as soon as it runs.
        var number: UInt64 = 100
        while fixture.pool.dictionaryReport.trainings == 0 {
            try fixture.put(number % 1000..<(number % 1000 + 1))
            number += 1
        }
        #expect(try fixture.has(0..<100))
    }

    @Test func `dictionaries that the limit has no room for are not adopted`() throws {
        let fixture = try DictionaryPool(memLimitBytes: 1 << 20)
        fixture.codec.dictionaryBytes.store(2 << 20, ordering: .relaxed)
        try fixture.put(0..<24, length: 3000)
        // What they take is judged first: so that it is the limit that says no, they are worth it.
        let contexts = try fixture.codec.makeDictionary([UInt8](repeating: 1, count: 16).span, kind: .raw, level: 1)
        let outcome = DictionaryTraining.Outcome(
            families: PageFamilies(), members: [(.raw, contexts)],
            trial: DictionaryReport.Trial(meanWithout: 2, meanWith: 1, isAdopted: true))
        #expect(throws: Errno.noSpace) {
            try fixture.pool.adopt(outcome, instead: fixture.pool.dictionaries.current, level: 1)
        }
        #expect(fixture.kinds == [])
        fixture.pool.checkInvariants()
    }

    @Test func `without memory for a sample pages are put all the same, and it is begun later`() throws {
        let fixture = try DictionaryPool()
        try fixture.pool.setDictionaryPolicy(.off)
        try fixture.put(0..<1)
        try fixture.pool.setDictionaryPolicy(.space)
        fixture.memory.mappingsLeft.store(0, ordering: .relaxed)
        for _ in 0..<40 { try fixture.put(0..<1) }
        #expect(fixture.pool.dictionaryReport.pagesSampled == 0 && fixture.pool.held.counts.apart == 0)
        fixture.memory.mappingsLeft.store(.max, ordering: .relaxed)
        for _ in 0..<40 { try fixture.put(0..<1) }
        #expect(fixture.pool.dictionaryReport.pagesSampled > 0)
        fixture.pool.checkInvariants()
    }

    @Test(arguments: [1, 4])
    func `a sample makes room for pages`(shards: Int) throws {
        var plan = DictionaryPool.plan
        plan.trainingPages = 100
        let fixture = try DictionaryPool(.space, memLimitBytes: 200 << 10, shards: shards, plan: plan)
        let other = try DictionaryPool(.off, memLimitBytes: 200 << 10, shards: shards, plan: plan)
        func fill(_ fixture: DictionaryPool) throws -> Int {
            for number in 0..<1000 as Range<UInt64> {
                do throws(Errno) {
                    try fixture.pool.put(number, TestPage.of(3000, mark: number).span)
                } catch {
                    #expect(error == .noSpace)
                    return Int(number)
                }
            }
            return 1000
        }
        #expect(try fill(fixture) == fill(other))
        #expect(fixture.pool.dictionaryReport.pagesSampled == 0)
        fixture.pool.checkInvariants()
    }
}
