internal import Bytes
internal import Locking
internal import Synchronization
public import SystemPackage

/// The pools of a process, by name: one codec, one set of workspaces.
///
/// ```swift
/// let pools = PagePools(codec: ZstdPageCodec(), limits: PagePoolLimits())
/// let pool = try pools.create(name: "ramzswap0", options: PagePoolOptions(disksizeBytes: 8 << 30))
/// ```
/// A pool takes no memory for pages before one comes. Any thread may call anything.
public final class PagePools: Sendable {
    /// A pool beside the bytes of its name.
    private struct Member {
        let name: [UInt8]
        let pool: PagePool
    }

    private struct State {
        /// In the order of the bytes of their names.
        var members: [Member] = []
        var identity: UInt64 = 0
        var refused: UInt64 = 0
    }

    private let poolsMax: Atomic<Int>
    private let batchPagesMax: Atomic<Int>
    private let workspaces: Workspaces
    private let probe: (any PageProbe)?
    private let memory: any PageMemory
    private let plan: ShardPlan
    private let pressure: PressureHub
    private let report: @Sendable (String) -> Void
    private let dictionaryPlan: DictionaryPlan
    private let state = Locked(State())
    private let batchesRefused = Atomic<UInt64>(0)
    private let changed = Locked<(@Sendable () -> Void)?>(nil)

    /// No pools yet.
    ///
    /// - Parameters:
    ///   - codec: for all of them.
    ///   - limits: how many there may be.
    ///   - probe: hears of their traffic.
    ///   - backing: where their backing stores may be; nil for nowhere.
    ///   - pressure: who says how scarce memory is, to pools whose limit follows that.
    ///   - report: takes a line for the operator, where something goes wrong behind the clients' backs.
    public convenience init(
        codec: any PageCodec, limits: PagePoolLimits, probe: (any PageProbe)? = nil,
        backing: BackingDirectory? = nil, pressure: any MemorySource = SystemMemorySource(),
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.init(
            codec: codec, limits: limits, probe: probe, memory: SystemMemory(), backing: backing, pressure: pressure,
            report: report)
    }

    init(
        codec: any PageCodec, limits: PagePoolLimits, probe: (any PageProbe)?, memory: any PageMemory,
        plan: ShardPlan = .ofMachine, dictionaryPlan: DictionaryPlan = .usual, backing: BackingDirectory? = nil,
        pressure: any MemorySource = SystemMemorySource(), pace: LimitKeeper.Pace = LimitKeeper.Pace(),
        report: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.pressure = PressureHub(pressure, pace: pace, report: report)
        self.backing = backing
        self.report = report
        workspaces = Workspaces(codec: codec)
        poolsMax = Atomic(limits.poolsMax)
        batchPagesMax = Atomic(limits.batchPagesMax)
        self.probe = probe
        self.memory = memory
        self.plan = plan
        self.dictionaryPlan = dictionaryPlan
    }

    /// How many pools and how large batches there may be; what is set holds from then on, and ends no pool.
    public var limits: PagePoolLimits {
        get {
            PagePoolLimits(
                poolsMax: poolsMax.load(ordering: .relaxed), batchPagesMax: batchPagesMax.load(ordering: .relaxed))
        }
        set {
            poolsMax.store(newValue.poolsMax, ordering: .relaxed)
            batchPagesMax.store(newValue.batchPagesMax, ordering: .relaxed)
        }
    }

    /// Where their backing stores may be; nil for nowhere.
    public let backing: BackingDirectory?

    /// What makes their pages small.
    public var codec: any PageCodec { workspaces.codec }

    /// Makes a pool.
    ///
    /// - Parameters:
    ///   - name: 1 to 255 bytes that can stand in a path.
    ///   - options: its settings.
    /// - Returns: an empty pool.
    /// - Throws: EINVAL for a name that is empty, `.`, `..` or contains a slash or a NUL, a `disksize` of 0 or above 16 TiB,
    ///   a level that the codec does not have, and a backing store where there is no directory for it; ENAMETOOLONG;
    ///   EEXIST; ENFILE where there are as many as there may be; and as ``PagePool/setBacking(_:in:)``.
    public func create(name: String, options: PagePoolOptions) throws(Errno) -> PagePool {
        let bytes = Array(name.utf8)
        if bytes.count > 255 { throw .fileNameTooLong }
        let level = options.level ?? codec.defaultLevel
        guard Self.isName(name), options.backing == nil || backing != nil, options.disksizeBytes > 0,
            options.disksizeBytes <= PagePool.disksizeBytesMax,
            codec.levels.contains(level)
        else { throw .invalidArgument }
        let pool = try state.withLock { state throws(Errno) in
            let (place, isThere) = Self.place(of: bytes.span, in: state.members)
            if isThere { throw .fileExists }
            if state.members.count >= limits.poolsMax {
                state.refused += 1
                throw .tooManyOpenFilesInSystem
            }
            state.identity += 1
            let pool = PagePool(
                name: name, identity: state.identity, options: options, level: level, workspaces: workspaces,
                probe: probe, memory: memory, plan: plan, dictionaryPlan: dictionaryPlan,
                pressure: pressure, report: report)
            if let choice = options.backing, let backing { try pool.setBacking(choice, in: backing) }
            if let policy = options.spill { try pool.setSpillPolicy(policy) }
            if options.isMemLimitAuto { try pool.setMemLimitAuto() }
            state.members.insert(Member(name: bytes, pool: pool), at: place)
            return pool
        }
        changed.withLock { $0 }?()
        return pool
    }

    /// Sets what is called after a pool has come or gone, on the thread that did it, under no lock. nil takes it away.
    public func onChange(_ action: (@Sendable () -> Void)?) { changed.withLock { $0 = action } }

    /// Whether a pool may be called that: not empty, `.` or `..`, without a slash and a NUL, at most 255 bytes.
    public static func isName(_ name: String) -> Bool {
        let bytes = name.utf8
        return !bytes.isEmpty && bytes.count <= 255 && name != "." && name != ".." && !bytes.contains(0x2F)
            && !bytes.contains(0)
    }

    /// Removes a pool: its name is free, its memory goes back to the system at once. Operations under way finish or are told
    /// ENODEV, and so is everything later.
    ///
    /// - Throws: ENOENT where it is gone already.
    public func remove(_ pool: PagePool) throws(Errno) {
        try state.withLock { state throws(Errno) in
            guard let place = state.members.firstIndex(where: { $0.pool === pool }) else {
                throw .noSuchFileOrDirectory
            }
            state.members.remove(at: place)
        }
        pool.close()
        changed.withLock { $0 }?()
    }

    /// The pool of this name: a binary search under a short lock.
    public func pool(named name: Span<UInt8>) -> PagePool? {
        state.withLock { state in
            let (place, isThere) = Self.place(of: name, in: state.members)
            return isThere ? state.members[place].pool : nil
        }
    }

    /// Reads a batch of operations on the pages of one of these pools.
    ///
    /// - Parameters:
    ///   - body: the records.
    ///   - pool: whose pages.
    /// - Returns: the batch, for ``PagePool/apply(_:into:)``.
    /// - Throws: the first mistake, among them too many pages for ``PagePoolLimits/batchPagesMax``, which is counted.
    @_lifetime(copy body)
    public func batch(_ body: Span<UInt8>, for pool: PagePool) throws(PageBatch.Mistake) -> PageBatch {
        do throws(PageBatch.Mistake) {
            return try PageBatch(body, for: pool, pagesMax: limits.batchPagesMax)
        } catch {
            if error.kind == .tooManyPages { batchesRefused.add(1, ordering: .relaxed) }
            throw error
        }
    }

    /// How many batches had more pages than they may.
    public var refusedBatchCount: UInt64 { batchesRefused.load(ordering: .relaxed) }

    /// How often there would have been one too many.
    public var refusedCount: UInt64 { state.withLock { $0.refused } }

    /// All pools, in the order of the bytes of their names.
    public var pools: [PagePool] { state.withLock { $0.members.map(\.pool) } }

    /// Where a name is, or would be.
    private static func place(of name: Span<UInt8>, in members: [Member]) -> (index: Int, isThere: Bool) {
        var low = 0
        var high = members.count
        while low < high {
            let middle = (low + high) / 2
            let other = members[middle].name
            if other.span.equals(name) { return (middle, true) }
            if other.span.precedes(name) { low = middle + 1 } else { high = middle }
        }
        return (low, false)
    }
}
