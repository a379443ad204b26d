internal import Bytes
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

@Suite struct AdoptionTests {
    /// What dictionaries make of pages that are 1,208 bytes without, and what becomes of that: bytes with a raw one, with a full
    /// one, and the kind that is adopted.
    private static let rules: [(DictionaryPolicy, Int, Int, PageDictionaryKind?)] = [
        (.space, 610, 700, .raw), (.space, 700, 610, .full),
        (.space, 1183, 1250, .raw), (.space, 1184, 1250, nil), (.space, 1208, 1208, nil),
        (.speed, 610, 1220, .full), (.speed, 610, 1221, nil), (.speed, 1300, 610, .full),
        (.auto, 610, 1208, .full), (.auto, 610, 1209, .raw), (.auto, 1183, 1209, .raw), (.auto, 1184, 1209, nil),
        (.off, 610, 610, nil),
    ]

    @Test(arguments: rules)
    func `a dictionary is adopted where the policy's rule says so`(
        _ policy: DictionaryPolicy, _ raw: Int, _ full: Int, _ kind: PageDictionaryKind?
    ) throws {
        let fixture = try DictionaryPool(policy)
        fixture.codec.dictionaryBytes.store(512, ordering: .relaxed)
        fixture.codec.extraRaw.store(raw - 610, ordering: .relaxed)
        fixture.codec.extraFull.store(full - 610, ordering: .relaxed)
        try fixture.put(0..<30)
        fixture.work()
        #expect(fixture.kinds == (kind.map { [$0] } ?? []))
        let report = fixture.pool.dictionaryReport
        #expect(report.trainings == (policy == .off ? 0 : 1) && report.failures == 0)
        #expect(report.trial?.isAdopted ?? false == (kind != nil))
        if policy != .off { #expect(report.trial?.meanWithout == 1208) }
        if let kind { #expect(report.trial?.meanWith == Double(kind == .raw ? raw : full)) }
        try fixture.put(30..<40)
        #expect((fixture.dictionary(of: 35) != 0) == (kind != nil))
        #expect(try fixture.has(0..<40))
        fixture.pool.checkInvariants()
    }

    @Test func `off costs nothing and samples nothing`() throws {
        let fixture = try DictionaryPool(.off)
        try fixture.put(0..<200)
        #expect(
            fixture.pool.dictionaryReport
                == DictionaryReport(
                    policy: .off, pagesSampled: 0, dictionaries: [], trainings: 0, failures: 0, trial: nil))
        #expect(fixture.pool.held.counts.apart == 0)
        #expect(fixture.codec.dictionaries.load(ordering: .relaxed) == 0)
    }

    @Test func `pages that repeat a word are no sample`() throws {
        let fixture = try DictionaryPool()
        for number in 0..<100 as Range<UInt64> { try fixture.pool.put(number, TestPage.repeating(number).span) }
        #expect(fixture.pool.dictionaryReport.pagesSampled == 0)
    }

    @Test func `pages with nothing in common get no dictionary, and are trained on again when it is time`() throws {
        var plan = DictionaryPool.plan
        plan.pagesMax = 40
        let fixture = try DictionaryPool(plan: plan)
        for round in 1...3 as ClosedRange<UInt64> {
            for number in 0..<64 as Range<UInt64> {
                try fixture.pool.put(number, TestPage.of(1000, mark: number * 7 + round).span)
            }
            fixture.work()
            #expect(fixture.pool.dictionaryReport.trainings == round)
        }
        #expect(fixture.kinds == [] && fixture.pool.held.counts.apart < 24)
        fixture.pool.checkInvariants()
    }

    @Test func `each family of pages gets a dictionary of its own`() throws {
        var plan = DictionaryPool.plan
        plan.familiesMax = 3
        let fixture = try DictionaryPool(plan: plan)
        for number in 0..<200 as Range<UInt64> {
            try fixture.put(number..<(number + 1), family: UInt8(number % 3))
        }
        fixture.work()
        try fixture.put(300..<301, family: 0)
        try fixture.put(301..<302, family: 1)
        try fixture.put(302..<303, family: 2)
        let numbers = Set((300..<303 as Range<UInt64>).map(fixture.dictionary(of:)))
        #expect(numbers.count == 3 && !numbers.contains(0))
        #expect(try fixture.pool.state(of: 301) == .compressed(storedBytes: 610))
        for number in 0..<200 as Range<UInt64> {
            #expect(try fixture.has(number..<(number + 1), family: UInt8(number % 3)))
        }
    }

    @Test func `too few pages for what dictionaries take get none`() throws {
        let fixture = try DictionaryPool()
        // 30 pages that save 598 bytes each.
        fixture.codec.dictionaryBytes.store(30 * 598 + 100, ordering: .relaxed)
        try fixture.put(0..<30)
        fixture.work()
        #expect(fixture.kinds == [])
        let other = try DictionaryPool()
        other.codec.dictionaryBytes.store(24 * 598 - 100, ordering: .relaxed)
        try other.put(0..<30)
        other.work()
        #expect(other.kinds == [.raw])
    }

    @Test func `pages that were there before get the dictionary too, where bytes are wanted`() throws {
        let fixture = try DictionaryPool(.space, shards: 4)
        try fixture.put(0..<600)
        #expect(fixture.pool.statistics.storedBytes == 600 * 1208)
        fixture.work()
        let statistics = fixture.pool.statistics
        #expect(statistics.storedBytes == 600 * 610)
        #expect(statistics.pagesRecompressed == 600 && statistics.recompressionSavedBytes == 600 * 598)
        #expect(statistics.puts == 600 && statistics.dictionaries == 1 && statistics.dictionaryTrainings == 1)
        #expect(try fixture.has(0..<600))
        let swift = try DictionaryPool(.speed)
        try swift.put(0..<30)
        swift.work()
        #expect(swift.pool.statistics.storedBytes == 30 * 1208)
    }

    @Test func `the mean of what is stored growing by 5 % is time to train again`() throws {
        let fixture = try DictionaryPool()
        try fixture.put(0..<24)
        fixture.work()
        try fixture.put(0..<100)
        #expect(fixture.pool.dictionaryReport.pagesSampled == 0)
        try fixture.put(100..<200, family: 1)
        fixture.work()
        let report = fixture.pool.dictionaryReport
        #expect(report.trainings == 2 && report.trial?.isAdopted == true)
        try fixture.put(200..<201, family: 1)
        #expect(try fixture.pool.state(of: 200) == .compressed(storedBytes: 610))
        #expect(try fixture.has(0..<100) && fixture.has(100..<200, family: 1))
        fixture.pool.checkInvariants()
    }

    @Test func `what is in use stays unless what was found is better`() throws {
        var plan = DictionaryPool.plan
        plan.pagesMax = 30
        let fixture = try DictionaryPool(plan: plan)
        try fixture.put(0..<24)
        fixture.work()
        let before = fixture.pool.dictionaryReport.dictionaries.map(\.number)
        for _ in 0..<5 {
            try fixture.put(0..<60)
            fixture.work()
        }
        #expect(fixture.pool.dictionaryReport.trainings >= 4)
        #expect(fixture.pool.dictionaryReport.dictionaries.map(\.number) == before)
        // And goes where it serves no more, for pages that have nothing in common.
        for number in 1000..<1200 as Range<UInt64> {
            try fixture.pool.put(number, TestPage.of(1000, mark: number).span)
        }
        fixture.work()
        #expect(fixture.kinds == [])
        #expect(try fixture.has(0..<60))
    }

    @Test func `another level has dictionaries made for it`() throws {
        let fixture = try DictionaryPool()
        fixture.codec.extraBelow2.store(16, ordering: .relaxed)
        try fixture.put(0..<24)
        fixture.work()
        try fixture.put(0..<1)
        #expect(try fixture.pool.state(of: 0) == .compressed(storedBytes: 626))
        try fixture.pool.setLevel(2)
        fixture.work()
        try fixture.put(0..<1)
        #expect(try fixture.pool.state(of: 0) == .compressed(storedBytes: 610))
        #expect(fixture.dictionary(of: 0) == fixture.dictionary(of: 1))
        fixture.pool.checkInvariants()
        try fixture.pool.setLevel(1)
        fixture.codec.dictionariesLeft.store(0, ordering: .relaxed)
        fixture.work()
        try fixture.put(0..<1)
        #expect(try fixture.pool.state(of: 0) == .compressed(storedBytes: 610))
        fixture.pool.checkInvariants()
    }

    @Test func `batches and writes within a page get dictionaries too`() throws {
        let fixture = try DictionaryPool()
        try fixture.put(0..<24)
        fixture.work()
        var batch = TestBatch()
        batch.put(100, (100..<110).map { DictionaryPool.page($0) })
        batch.get(98, 13)
        let answers = try batch.send(to: fixture.pool)
        #expect(answers[1].pages.compactMap(\.self) == (100..<110).map { DictionaryPool.page($0) })
        #expect(fixture.dictionary(of: 105) != 0)
        try fixture.pool.modify(105, at: 1000, [1, 2, 3].span)
        var page = DictionaryPool.page(105)
        page.replaceSubrange(1000..<1003, with: [1, 2, 3])
        #expect(try PagePoolTests.get(fixture.pool, 105) == page)
        #expect(fixture.dictionary(of: 105) != 0)
        fixture.pool.checkInvariants()
    }
}
