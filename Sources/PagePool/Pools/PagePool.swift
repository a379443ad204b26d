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
    let shard: Locked<PoolShard>
    let currentLevel: Atomic<Int>
    /// What the shard says of its pages, to be looked at without its lock before a page is compressed: 0 once the pool
    /// is removed. Only a hint; who is refused by it asks the shard.
    let pageCountHint: Atomic<UInt64>
    private let dead = Atomic<Bool>(false)

    /// Makes an empty pool; who calls has looked at the options.
    init(
        name: String, identity: UInt64, options: PagePoolOptions, level: Int, workspaces: Workspaces,
        probe: (any PageProbe)?, memory: any PageMemory
    ) {
        self.name = name
        self.identity = identity
        self.workspaces = workspaces
        self.probe = probe
        self.memory = memory
        currentLevel = Atomic(level)
        let pageCount = Self.pages(in: options.disksizeBytes)
        pageCountHint = Atomic(pageCount)
        shard = Locked(
            PoolShard(
                pageCount: pageCount, heldPagesMax: Self.heldPagesMax(options.memLimitBytes), memory: memory))
    }

    /// Whether it was removed: one atomic load.
    public var isDead: Bool { dead.load(ordering: .acquiring) }

    /// Lets everything go: what comes later is told ENODEV.
    func close() {
        dead.store(true, ordering: .releasing)
        var storage = PoolShard.Storage(memory: memory)
        shard.withLock { shard in
            shard.isClosed = true
            pageCountHint.store(0, ordering: .relaxed)
            shard.exchange(&storage)
        }
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
            shard.withLock { $0.checkInvariants() }
        #endif
    }
}
