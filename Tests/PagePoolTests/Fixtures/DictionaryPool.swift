internal import Bytes
internal import Locking
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

/// A pool whose dictionaries are trained on few pages, by the test's own thread: the system gives it none.
struct DictionaryPool {
    static let plan = DictionaryPlan(
        every: 1, trainingPages: 16, heldOutPages: 8, meanPages: 16, pagesMax: 1 << 20, pause: 8, familiesMax: 1,
        pagesEach: 4, membersMin: 2, heldOutMin: 1, contentBytes: 1024, leftoversMax: 8, countMax: 8, cpuPercent: 100)

    let codec = ToyCodec()
    let memory = ScantMemory()
    let pool: PagePool

    init(
        _ policy: DictionaryPolicy = .space, memLimitBytes: UInt64 = 0, shards: Int = 1,
        plan: DictionaryPlan = Self.plan
    ) throws {
        memory.hasThreads.store(false, ordering: .relaxed)
        let pools = PagePools(
            codec: codec, limits: PagePoolLimits(), probe: nil, memory: memory,
            plan: ShardPlan(countMax: shards, bytesEach: 32 << 10), dictionaryPlan: plan)
        pool = try pools.create(
            name: "d",
            options: PagePoolOptions(disksizeBytes: 1 << 30, memLimitBytes: memLimitBytes, dictionary: policy))
    }

    /// The page that ``put(_:family:length:)`` puts.
    static func page(_ number: UInt64, family: UInt8 = 0, length: Int = 1200) -> [UInt8] {
        TestPage.related(length, mark: number + 1, family: family)
    }

    /// Puts pages of one family.
    func put(_ numbers: Range<UInt64>, family: UInt8 = 0, length: Int = 1200) throws {
        for number in numbers { try pool.put(number, Self.page(number, family: family, length: length).span) }
    }

    /// Whether pages are what was put.
    func has(_ numbers: Range<UInt64>, family: UInt8 = 0, length: Int = 1200) throws -> Bool {
        var out = ByteBuffer()
        for number in numbers {
            out.removeAll()
            try pool.get(number, into: &out)
            if !out.span.equals(Self.page(number, family: family, length: length).span) { return false }
        }
        return true
    }

    /// Has chores done until nothing is left, or they wait for somebody.
    ///
    /// - Returns: whether nothing is left.
    @discardableResult
    func work() -> Bool { Self.work(pool.dictionaryChore) }

    static func work(_ chore: any PoolChore) -> Bool {
        for _ in 0..<10_000 {
            if chore.step() == .done { return true }
        }
        return false
    }

    /// The dictionary of a page; 0 for none.
    func dictionary(of page: UInt64) -> UInt8 {
        pool.shards[pool.homes.home(of: page)].state.withLock { $0.storage.table.entry(page).dictionary }
    }

    /// What pages that come are compressed with.
    var kinds: [PageDictionaryKind] { pool.dictionaryReport.dictionaries.filter(\.isCurrent).map(\.kind) }
}
