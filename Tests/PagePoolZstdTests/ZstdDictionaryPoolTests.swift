internal import Bytes
internal import JITFSTestSupport
internal import SystemPackage
internal import Testing

@testable internal import PagePool
internal import PagePoolZstd

/// Real pages and the real codec; chores are done by the test's own thread.
@Suite struct ZstdDictionaryPoolTests {
    private final class NoThreads: PageMemory {
        func permits(mapping bytes: Int) -> Bool { true }
        func permitsThread() -> Bool { false }
    }

    private let pages = RealPages()

    private func makePool(_ policy: DictionaryPolicy) throws -> PagePool {
        // Sampled more often, for fewer pages.
        var plan = DictionaryPlan.usual
        plan.every = 8
        plan.trainingPages = 256
        plan.heldOutPages = 64
        plan.familiesMax = 2
        let pools = PagePools(
            codec: ZstdPageCodec(), limits: PagePoolLimits(), probe: nil, memory: NoThreads(), dictionaryPlan: plan)
        return try pools.create(name: "z", options: PagePoolOptions(disksizeBytes: 1 << 30, dictionary: policy))
    }

    private func fill(_ pool: PagePool, _ numbers: Range<Int>) throws {
        for number in numbers { try pool.put(UInt64(number), page(number).span) }
    }

    private func page(_ number: Int) -> [UInt8] { pages.page(number, variant: UInt64(number / pages.count)) }

    private func check(_ pool: PagePool, _ numbers: Range<Int>) throws {
        var out = ByteBuffer()
        for number in numbers {
            out.removeAll()
            try pool.get(UInt64(number), into: &out)
            #expect(out.array == page(number), "page \(number)")
        }
    }

    private func work(_ pool: PagePool, _ chore: any PoolChore) {
        for _ in 0..<100_000 where chore.step() == .done { return }
        Issue.record("the chore has no end")
    }

    @Test(arguments: [DictionaryPolicy.space, .speed, .auto])
    func `pages come back, whatever dictionary they have`(_ policy: DictionaryPolicy) throws {
        let pool = try makePool(policy)
        try fill(pool, 0..<6000)
        work(pool, pool.dictionaryChore)
        let report = pool.dictionaryReport
        #expect(report.trainings == 1 && report.failures == 0)
        if policy == .space { #expect(report.trial?.isAdopted == true && !report.dictionaries.isEmpty) }
        try fill(pool, 5000..<7000)
        try check(pool, 0..<7000)
        pool.checkInvariants()
        try pool.setLevel(3)
        work(pool, pool.dictionaryChore)
        try fill(pool, 0..<300)
        try pool.recompressionChore.take(RecompressionOrder(pagesMax: 500, level: 9, cpuPercent: 100))
        work(pool, pool.recompressionChore)
        #expect(pool.statistics.pagesRecompressed > 100)
        try pool.setDictionaryPolicy(.off)
        work(pool, pool.dictionaryChore)
        try check(pool, 0..<7000)
        pool.checkInvariants()
    }

    @Test func `space saves bytes`() throws {
        let plain = try makePool(.off)
        let pool = try makePool(.space)
        try fill(plain, 0..<6000)
        try fill(pool, 0..<6000)
        work(pool, pool.dictionaryChore)
        #expect(Double(pool.statistics.storedBytes) < Double(plain.statistics.storedBytes) * 0.98)
    }

    @Test func `what is no full dictionary is refused`() throws {
        let pool = try makePool(.off)
        #expect(throws: Errno.invalidArgument) {
            try pool.install([UInt8](repeating: 1, count: 100).span, kind: .full)
        }
        let installed = try pool.install([UInt8](repeating: 1, count: 100).span, kind: .raw)
        #expect(installed.number == 1 && pool.liveDictionaries.count == 1)
    }
}
