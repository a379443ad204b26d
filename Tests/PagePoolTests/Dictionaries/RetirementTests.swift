internal import Bytes
internal import Locking
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

@Suite struct RetirementTests {
    @Test func `turned off, dictionaries stay for the pages that have them, and go with these`() throws {
        let fixture = try DictionaryPool()
        try fixture.put(0..<40)
        fixture.work()
        try fixture.pool.setDictionaryPolicy(.off)
        #expect(fixture.work())
        #expect(fixture.pool.dictionaryReport.dictionaries.map(\.pages) == [40])
        #expect(fixture.kinds == [])
        #expect(try fixture.has(0..<40))
        try fixture.put(50..<51)
        #expect(fixture.dictionary(of: 50) == 0)
        for number in 0..<40 as Range<UInt64> { try fixture.pool.discard(number) }
        fixture.work()
        #expect(fixture.pool.dictionaryReport.dictionaries == [])
        #expect(fixture.codec.dictionaries.load(ordering: .relaxed) == 0)
        #expect(fixture.pool.held.counts.apart == 0)
        fixture.pool.checkInvariants()
    }

    @Test func `few pages that are left are packed anew, so that their dictionary can go`() throws {
        let fixture = try DictionaryPool(shards: 4)
        try fixture.put(0..<40)
        fixture.work()
        try fixture.pool.setDictionaryPolicy(.off)
        for number in 7..<40 as Range<UInt64> { try fixture.pool.discard(number) }
        fixture.work()
        #expect(fixture.pool.dictionaryReport.dictionaries == [])
        #expect(try fixture.has(0..<7))
        #expect(fixture.pool.statistics.storedBytes == 7 * 1208)
        fixture.pool.checkInvariants()
    }

    @Test func `the oldest go when there are too many`() throws {
        let fixture = try DictionaryPool()
        // Twelve of them, with a hundred pages each.
        for family in 0..<12 as Range<UInt8> {
            let first = UInt64(family) * 100
            try fixture.put(first..<(first + 100), family: family)
            fixture.work()
            // What is usual now.
            try fixture.put(first..<(first + 20), family: family)
        }
        let report = fixture.pool.dictionaryReport
        #expect(report.trainings >= 10)
        #expect(report.dictionaries.count <= DictionaryPool.plan.countMax + 4)
        for family in 0..<12 as Range<UInt8> {
            let first = UInt64(family) * 100
            #expect(try fixture.has(first..<(first + 100), family: family))
        }
        fixture.pool.checkInvariants()
    }

    @Test func `a dictionary is not let go while somebody packs with it`() throws {
        let fixture = try DictionaryPool()
        try fixture.put(0..<24)
        fixture.work()
        let set = try #require(fixture.pool.dictionaries.borrow())
        try fixture.pool.reset()
        #expect(fixture.pool.dictionaryChore.step() != .done)
        #expect(fixture.pool.dictionaryReport.dictionaries.count == 1)
        // What it packed is stored after the reset.
        let workspace = try fixture.pool.workspaces.take()
        let page = DictionaryPool.page(7)
        var frame = ByteBuffer()
        let form = try fixture.pool.pack(page.span, workspace, set, into: &frame)
        try fixture.pool.storing(7) { shard, _ throws(Errno) in try shard.store(7, form, frame.span) }
        set.giveBack()
        fixture.pool.checkInvariants()
        #expect(form.dictionary != 0)
        #expect(fixture.work())
        #expect(try fixture.has(7..<8))
        #expect(fixture.dictionary(of: 7) == 0 && fixture.pool.dictionaryReport.dictionaries == [])
        fixture.pool.workspaces.giveBack(workspace)
        fixture.pool.checkInvariants()
    }

    @Test func `a get under way has its dictionary though the pool lets it go`() throws {
        let fixture = try DictionaryPool()
        try fixture.put(0..<30)
        fixture.work()
        let gone = Atomic<Int>(-1)
        fixture.codec.beforeUnpacking.withLock { hook in
            hook = { [fixture] in
                guard gone.load(ordering: .relaxed) < 0 else { return }
                gone.store(0, ordering: .relaxed)
                try? fixture.pool.reset()
                fixture.work()
                gone.store(fixture.pool.dictionaryReport.dictionaries.count, ordering: .relaxed)
            }
        }
        #expect(try PagePoolTests.get(fixture.pool, 3) == DictionaryPool.page(3))
        #expect(gone.load(ordering: .relaxed) == 0)
        fixture.codec.beforeUnpacking.withLock { $0 = nil }
        #expect(fixture.codec.dictionaries.load(ordering: .relaxed) == 0)
    }

    @Test func `a removed pool holds nothing of its dictionaries`() throws {
        let codec = ToyCodec()
        let pools = PagePools(
            codec: codec, limits: PagePoolLimits(), probe: nil, memory: SystemMemory(),
            dictionaryPlan: DictionaryPool.plan)
        let pool = try pools.create(
            name: "d", options: PagePoolOptions(disksizeBytes: 1 << 20, dictionary: .auto))
        for number in 0..<100 as Range<UInt64> { try pool.put(number, DictionaryPool.page(number).span) }
        try pools.remove(pool)
        #expect(pool.held.count == 0 && pool.held.counts.apart == 0)
        #expect(throws: Errno.operationNotSupportedByDevice) { try pool.setDictionaryPolicy(.space) }
        #expect(throws: Errno.operationNotSupportedByDevice) { try pool.install([1, 2, 3].span, kind: .raw) }
        #expect(pool.dictionaryReport.dictionaries == [])
        pool.checkInvariants()
    }

    // MARK: reading pages in

    @Test func `a dictionary that is installed stays until it is released, and then with its pages`() throws {
        let fixture = try DictionaryPool(.off)
        let content = [UInt8](repeating: 0x41, count: 600)
        let installed = try fixture.pool.install(content.span, kind: .raw)
        fixture.work()
        #expect(fixture.pool.liveDictionaries.map(\.number) == [installed.number])
        #expect(fixture.pool.liveDictionaries[0].contexts.content == content && installed.kind == .raw)
        let workspace = try fixture.pool.workspaces.take()
        defer { fixture.pool.workspaces.giveBack(workspace) }
        let set = DictionarySet(PageFamilies(), [DictionarySet.Member(installed)], level: 1)
        var frame = ByteBuffer()
        let page = DictionaryPool.page(0)
        let form = try fixture.pool.pack(page.span, workspace, set, into: &frame)
        try fixture.pool.storing(0) { shard, _ throws(Errno) in try shard.store(0, form, frame.span) }
        #expect(form == TableEntry.Form(kind: .compressed, dictionary: installed.number))
        #expect(try fixture.has(0..<1))
        fixture.pool.checkInvariants()
        fixture.pool.release(installed)
        fixture.work()
        // One page is too few to keep it.
        #expect(fixture.pool.dictionaryReport.dictionaries == [] && fixture.pool.held.counts.apart == 0)
        #expect(try fixture.has(0..<1))
        fixture.pool.checkInvariants()
    }

    @Test func `there are 255 numbers, and one too many is refused`() throws {
        let fixture = try DictionaryPool(.off)
        var installed: [LiveDictionary] = []
        for _ in 0..<255 { installed.append(try fixture.pool.install([UInt8(1)].span, kind: .full)) }
        #expect(Set(installed.map(\.number)) == Set(1...255))
        #expect(throws: Errno.tooManyOpenFilesInSystem) { try fixture.pool.install([UInt8(1)].span, kind: .full) }
        fixture.pool.release(installed[100])
        fixture.work()
        #expect(try fixture.pool.install([UInt8(1)].span, kind: .full).number == installed[100].number)
        fixture.pool.checkInvariants()
    }

    @Test func `what is being learned of pages that are reset is forgotten, too`() throws {
        let fixture = try DictionaryPool()
        try fixture.put(0..<24)
        #expect(fixture.pool.dictionaryChore.step() == .more)
        #expect(fixture.pool.dictionaryReport.pagesSampled == 0)
        try fixture.pool.reset()
        fixture.work()
        #expect(fixture.kinds == [] && fixture.codec.dictionaries.load(ordering: .relaxed) == 0)
        #expect(fixture.pool.held.counts.apart == 0 && fixture.pool.dictionaryReport.trainings == 0)
        // And the next is learned as ever.
        try fixture.put(0..<24)
        fixture.work()
        #expect(fixture.kinds == [.raw])
        fixture.pool.checkInvariants()
    }
}
