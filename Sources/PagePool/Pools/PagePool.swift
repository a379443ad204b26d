internal import Bytes
internal import Locking
internal import Synchronization
internal import SystemPackage

/// Pages of 4 KiB, kept compressed in memory: put, got and discarded by their number, as on a block device.
///
/// ```swift
/// let pool = try pools.create(name: "b", options: PagePoolOptions(disksizeBytes: 256 << 20))
/// try pool.put(7, page.span)
/// var out = ByteBuffer()
/// try pool.get(7, into: &out)         // 4096 bytes
/// ```
/// Any thread may call anything at any time. What a page costs beside its compressed bytes: 8 bytes of table, 4 of
/// back pointer, 4 of checksum, 7.5 of rounding. A page that repeats one word of 8 bytes costs the 8 of the table.
/// `Documentation/Design/Pool.md` has the layout and why.
public final class PagePool: Sendable {
    /// Bytes of a page.
    public static let pageBytes = 4096
    /// The largest `disksize`, 16 TiB: page numbers have 32 bits.
    public static let disksizeBytesMax: UInt64 = 16 << 40

    /// What it is called.
    public let name: String
    /// A number that no other pool of its ``PagePools`` ever had.
    public let identity: UInt64

    let probe: (any PageProbe)?
    let workspaces: Workspaces
    let memory: any PageMemory
    /// In the order in which they are locked.
    let shards: [LockedShard]
    let homes: ShardHomes
    let plan: ShardPlan
    let held: HeldPages
    /// What is done behind the clients' backs.
    let worker: PoolWorker
    let scrubber = PoolScrubber()
    /// Whether a restore is under way.
    let isRestoring = Atomic<Bool>(false)
    /// What takes pages to the backing store.
    let spiller: Spiller
    /// Pages of memory that this takes.
    let heldForBacking = Locked(0)
    /// Who tells that memory is scarce.
    let pressure: PressureHub
    /// What lets the limit follow that.
    let limitKeeper: LimitKeeper
    /// Says to the operator what went wrong.
    let report: @Sendable (String) -> Void
    let dictionaries: PoolDictionaries
    let dictionaryChore = DictionaryChore()
    let recompressionChore = RecompressionChore()
    /// The shards' `pageCount`, for whoever has no lock yet. Only a hint; who is refused by it asks a shard.
    let devicePages: Atomic<UInt64>
    let currentLevel: Atomic<Int>
    private let dead = Atomic<Bool>(false)
    private let ending = Ending()

    /// Makes an empty pool; who calls has looked at the options.
    init(
        name: String, identity: UInt64, options: PagePoolOptions, level: Int, workspaces: Workspaces,
        probe: (any PageProbe)?, memory: any PageMemory, plan: ShardPlan, dictionaryPlan: DictionaryPlan,
        pressure: PressureHub, report: @escaping @Sendable (String) -> Void
    ) {
        self.name = name
        self.identity = identity
        self.workspaces = workspaces
        self.probe = probe
        self.memory = memory
        currentLevel = Atomic(level)
        self.plan = plan
        worker = PoolWorker(memory: memory)
        let held = HeldPages(limit: Self.heldPagesMax(options.memLimitBytes))
        let pageCount = Self.pages(in: options.disksizeBytes)
        self.held = held
        self.report = report
        self.pressure = pressure
        limitKeeper = pressure.makeKeeper()
        spiller = Spiller(wake: held.wake)
        dictionaries = PoolDictionaries(dictionaryPlan, held: held, memory: memory)
        devicePages = Atomic(pageCount)
        homes = ShardHomes(isUsed: plan.countMax > 1, memory: memory)
        shards = (0..<plan.countMax).map { _ in
            LockedShard(PoolShard(pageCount: pageCount, held: held, memory: memory))
        }
        scrubber.attach(to: self)
        spiller.see(self)
        limitKeeper.see(self)
        dictionaries.setPolicy(options.dictionary, level: level)
        dictionaryChore.attach(to: self)
        recompressionChore.attach(to: self)
    }

    /// Whether it was removed: one atomic load.
    public var isDead: Bool { dead.load(ordering: .acquiring) }

    /// Has something done once, when it has been removed, whoever did; at once where that was before. Under no lock.
    public func whenRemoved(_ body: @escaping @Sendable () -> Void) { ending.add(body) }

    /// Lets everything go: what comes later is told ENODEV.
    func close() {
        dead.store(true, ordering: .releasing)
        spiller.close()
        limitKeeper.rest()
        worker.stop()
        dictionaryChore.drop()
        recompressionChore.drop()
        dictionaries.close()
        scrubber.end()
        let left = LeftStorage(shards.count, memory: memory)
        withAllShards { shard in
            shard.isClosed = true
            shard.backing = nil
            shard.dictionaries = []
            left.take(from: &shard)
        }
        letBackingGo()
        held.forgetEver()
        ending.end()
    }

    /// How many pages so many bytes are, rounded up.
    static func pages(in bytes: UInt64) -> UInt64 { bytes >> 12 + (bytes & 4095 == 0 ? 0 : 1) }

    /// A limit in pages; one that 64 bits could not tell in bytes is none.
    static func heldPagesMax(_ bytes: UInt64) -> Int {
        let pages = pages(in: bytes)
        return pages == 0 || pages == 1 << 52 ? .max : Int(pages)
    }

    /// Walks the whole table and every object's back pointer, and traps where they disagree. Empty in release builds.
    public func checkInvariants() {
        #if DEBUG
            var number = 0
            var pages = 0
            var onDisk: [(place: UInt64, payload: Int)] = []
            try? checkAllShards { shard in
                shard.checkInvariants(isHome: { homes.home(of: $0) == number }, onDisk: &onDisk)
                number += 1
                pages += shard.heldPages
            } whenLocked: {
                let (all, apart) = held.counts
                heldForBacking.withLock { forBacking in
                    precondition(pages + apart + forBacking == all, "the sum of what is held")
                }
                if let store = spiller.store { store.checkInvariants(onDisk) }
            } change: { _ in
            }
        #endif
    }
}
