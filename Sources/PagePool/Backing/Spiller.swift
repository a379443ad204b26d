internal import Locking
internal import Synchronization
internal import SystemPackage

/// The way of a pool's pages to its backing store: which, when, and what comes of it. Done on the pool's thread, a
/// cluster each step; sleeps without a timer where nothing is to be written.
final class Spiller: PoolChore {
    /// What is to be done, and how it stands.
    struct Work {
        /// Where it goes; nil for nowhere.
        var store: BackingStore?
        /// What was chosen; nil for what goes by itself: under pressure where there is a store.
        var policy: SpillPolicy?
        /// Pages that were put with more than half a page, and when the first of them was.
        var large: [UInt64] = []
        var largeSince: UInt64 = 0
        /// Wishes, and how far the first of them has come.
        var requests: [WritebackRequest] = []
        var requestShard = 0
        var requestNext: UInt64 = 0
        /// Who waits for memory, and for how many pages.
        var waiting: [RoomWaiter] = []
        var wanted = 0
        /// How often it was searched for cold pages from the beginning.
        var search = 0
        /// What is in the way, and since when.
        var trouble: SpillTrouble?
        /// What of that was told last.
        var told: SpillTrouble?
        var troubleAt: UInt64 = 0
        /// Blocks that may still be written, where that is limited.
        var blocksLeft: UInt64 = 0
        var isLimited = false
        var isClosed = false
    }

    /// Somebody who waits for memory.
    final class RoomWaiter: Sendable {
        let bell = Bell()
        let isBetter = Atomic<Bool>(false)
        /// The search that was under way when he came.
        let search: Int

        init(search: Int) { self.search = search }
    }

    private struct Owner {
        weak var pool: PagePool?
    }

    /// A page's bytes, above which `half` has it go.
    static let largeBytes = PagePool.pageBytes / 2
    /// How long large pages wait for others to share a cluster with.
    static let largeWait: UInt64 = 100_000_000
    /// For how long nothing is tried after a failure.
    static let troubleWait: UInt64 = 1_000_000_000
    /// For how long nothing is told of reads that fail after one was told of.
    private static let unreadableWait: UInt64 = 60_000_000_000
    /// How long a put waits for a write, at most.
    static let roomWait: UInt64 = 10_000_000_000

    let counters = BackingCounters()
    let wake: WakeFlag
    let work = Locked(Work())
    /// For those who have no lock: whether large pages are to be told of, and whether there may be room soon.
    private let takesLarge = Atomic<Bool>(false)
    private let helps = Atomic<Bool>(false)
    private let unreadableToldAt = Atomic<UInt64>(0)
    private let owner = Locked(Owner())
    /// There while there is a store.
    private let table = Locked<SpillBench?>(nil)

    /// Nothing to do.
    init(wake: WakeFlag) { self.wake = wake }

    /// Says whose pages these are.
    func see(_ pool: PagePool) { owner.withLock { $0.pool = pool } }

    // MARK: what is chosen

    /// Where pages go; nil for nowhere.
    var store: BackingStore? { work.withLock { $0.store } }

    /// Which pages go.
    var policy: SpillPolicy { work.withLock { Self.policy($0) } }

    static func policy(_ work: borrowing Work) -> SpillPolicy {
        work.policy ?? (work.store == nil ? .never : .pressure)
    }

    /// Changes what is chosen.
    func choose(_ pool: PagePool, _ change: (inout Work) -> Void) {
        let isWatched = work.withLock { work in
            let old = work.store
            change(&work)
            if work.store !== old { work.told = nil }
            let policy = Self.policy(work)
            let hasStore = work.store != nil && !work.isClosed
            if !hasStore || policy != .half { work.large.removeAll() }
            takesLarge.store(hasStore && policy == .half, ordering: .relaxed)
            helps.store(hasStore && policy != .never, ordering: .relaxed)
            work.trouble = nil
            return hasStore && policy == .pressure
        }
        pool.held.watch(isWatched)
    }

    /// Whether pages of more than half a page are to be told of: one relaxed load.
    @inline(__always)
    var wantsLarge: Bool { takesLarge.load(ordering: .relaxed) }

    /// Whether it may be worth to wait for memory: one relaxed load.
    @inline(__always)
    var mayHelp: Bool { helps.load(ordering: .relaxed) }

    // MARK: being asked

    /// Has the thread do what there is to do, where somebody woke it. Called under no lock.
    @inline(never)
    func heed(_ pool: PagePool) {
        guard wake.take() else { return }
        pool.limitKeeper.grew(pool)
        if store != nil { ask(pool) }
    }

    /// Has the thread do what there is to do.
    ///
    /// - Returns: whether there is a thread.
    @discardableResult
    func ask(_ pool: PagePool) -> Bool {
        do throws(Errno) {
            try pool.worker.ask(self)
            return true
        } catch {
            if error != .canceled { note(.noThread, pool) }
            return false
        }
    }

    /// Takes note of pages that were put with more than half a page.
    @inline(never)
    func note(large pages: [UInt64], _ pool: PagePool) {
        let isFirst = work.withLock { work in
            let isTrying = work.trouble == nil || Bell.now &- work.troubleAt >= Self.troubleWait
            guard takesLarge.load(ordering: .relaxed), isTrying else { return false }
            let isFirst = work.large.isEmpty
            if isFirst { work.largeSince = Bell.now }
            work.large += pages
            return isFirst || work.large.count >= Self.largeEnough
        }
        if isFirst { ask(pool) }
    }

    /// So many large pages fill a cluster.
    static let largeEnough = 2 * ClusterShape.blocks

    /// Has pages written, and waits for it.
    ///
    /// - Throws: what is in the way; ENXIO where there is no backing store.
    func writeBack(_ kind: WritebackKind, _ pool: PagePool, waitsNanoseconds: UInt64) throws(Errno) {
        let request = WritebackRequest(kind)
        try work.withLock { work throws(Errno) in
            if work.store == nil { throw .noSuchAddressOrDevice }
            work.requests.append(request)
        }
        guard ask(pool) else {
            work.withLock { work in work.requests.removeAll { $0 === request } }
            throw pool.isDead ? .operationNotSupportedByDevice : .noMemory
        }
        try request.wait(nanoseconds: waitsNanoseconds)
    }

    /// Waits until memory was given back, for a put that found none.
    ///
    /// - Parameters:
    ///   - pages: how many would do.
    ///   - pool: whose.
    /// - Returns: whether it is worth trying again.
    @inline(never)
    func waitForRoom(_ pages: Int, _ pool: PagePool) -> Bool {
        let waiter: RoomWaiter? = work.withLock { work in
            guard let store = work.store, !work.isClosed else { return nil }
            switch work.trouble {
            case .failing, .noThread: if Bell.now &- work.troubleAt < Self.troubleWait { return nil }
            case .full: if !store.mayHaveRoomAgain { return nil }
            case .limited: return nil
            case nil: break
            }
            if Self.policy(work) == .half, work.large.isEmpty { return nil }
            let waiter = RoomWaiter(search: work.search)
            work.waiting.append(waiter)
            work.wanted = max(work.wanted, pages)
            return waiter
        }
        guard let waiter, ask(pool) else { return false }
        waiter.bell.wait(until: Bell.now &+ Self.roomWait)
        return waiter.isBetter.load(ordering: .acquiring)
    }

    /// Wakes all who wait.
    func wakeWaiting(isBetter: Bool) {
        let waiting = work.withLock { work in
            work.wanted = 0
            let waiting = work.waiting
            work.waiting = []
            return waiting
        }
        for waiter in waiting {
            waiter.isBetter.store(isBetter, ordering: .releasing)
            waiter.bell.ring()
        }
    }

    /// Tells those who waited when a search began that it found nothing.
    ///
    /// - Returns: whether nobody is left who came later.
    private func wakeWaitingInVain() -> Bool {
        let (early, areAll) = work.withLock { work in
            let search = work.search
            let early = work.waiting.filter { $0.search < search }
            work.waiting.removeAll { $0.search < search }
            if work.waiting.isEmpty { work.wanted = 0 }
            return (early, work.waiting.isEmpty)
        }
        for waiter in early { waiter.bell.ring() }
        return areAll
    }

    /// Notes what is in the way, or that nothing is; told once for each change.
    func note(_ trouble: SpillTrouble?, _ pool: PagePool) {
        let change: (name: String, text: String)? = work.withLock { work in
            if trouble != nil { work.troubleAt = Bell.now }
            if trouble == .full { work.store?.noteFull() }
            work.trouble = trouble
            if work.told == trouble { return nil }
            work.told = trouble
            return work.store.map { ($0.device.name, trouble?.text ?? "is written again") }
        }
        if let change { pool.report("pool \(pool.name): the backing store \(change.name) \(change.text)") }
    }

    /// Tells that the store cannot be read, once a minute at most: counters tell how often.
    func tellUnreadable(_ error: Errno, _ store: BackingStore, _ pool: PagePool) {
        let now = Bell.now
        let last = unreadableToldAt.load(ordering: .relaxed)
        guard last == 0 || now &- last >= Self.unreadableWait,
            unreadableToldAt.compareExchange(expected: last, desired: now, ordering: .relaxed).exchanged
        else { return }
        pool.report("pool \(pool.name): the backing store \(store.device.name) cannot be read: \(error)")
    }

    /// Has pages written that are in memory with more than half a page; nobody waits for it.
    func sweepLarge(_ pool: PagePool) {
        work.withLock { $0.requests.append(WritebackRequest(.large)) }
        ask(pool)
    }

    /// The pool is going: nobody waits any more.
    func close() {
        let requests = work.withLock { work in
            work.isClosed = true
            helps.store(false, ordering: .relaxed)
            takesLarge.store(false, ordering: .relaxed)
            let requests = work.requests
            work.requests = []
            return requests
        }
        for request in requests { request.end(.operationNotSupportedByDevice) }
        wakeWaiting(isBetter: false)
    }

    // MARK: the thread

    /// What is to be written next.
    enum Task {
        case request(WritebackRequest)
        case large([UInt64])
        case pressure(excess: Int)

        /// What it is for.
        var purpose: SpillPurpose {
            switch self {
            case .request(let request): .request(ObjectIdentifier(request))
            case .large: .large
            case .pressure: .pressure
            }
        }
    }

    /// What the thread has at hand.
    func bench() -> SpillBench {
        table.withLock { table in
            if let bench = table { return bench }
            let bench = SpillBench()
            table = bench
            return bench
        }
    }

    /// Gives the buffers back; the thread has ended.
    func dropBench() { table.withLock { $0 = nil } }

    func step() -> ChoreStep {
        guard let pool = owner.withLock({ $0.pool }), let store else {
            table.withLock { $0 = nil }
            abandonRequests(.noSuchAddressOrDevice)
            wakeWaiting(isBetter: false)
            return .done
        }
        let (task, later) = next(pool)
        guard let task else {
            wakeWaiting(isBetter: true)
            if store.giveBack() { return .more }
            return later.map { .after(nanoseconds: $0) } ?? .done
        }
        return perform(task, pool, store)
    }

    private func abandonRequests(_ error: Errno) {
        let requests = work.withLock { work in
            let requests = work.requests
            work.requests = []
            return requests
        }
        for request in requests { request.end(error) }
    }

    /// What is to be done now; or in how many nanoseconds there will be something.
    private func next(_ pool: PagePool) -> (Task?, later: UInt64?) {
        let bench = bench()
        let wanted = work.withLock { $0.wanted }
        var excess = pool.held.excess(wanted: wanted)
        if excess > 0, pool.slackPages >= excess {
            // What went has left enough behind.
            pool.trimShards(keepingSample: true)
            excess = pool.held.excess(wanted: wanted)
        }
        let hasCalmed = excess == 0 && pool.held.calm()
        return work.withLock { work in
            if let request = work.requests.first { return (.request(request), nil) }
            if excess > 0, !hasCalmed { return (.pressure(excess: excess), nil) }
            if work.large.isEmpty {
                // What did not fit into a cluster with the others.
                let hasLeft = Self.policy(work) == .half && bench.leftOf == .large && !bench.left.isEmpty
                return (hasLeft ? .large([]) : nil, nil)
            }
            let age = Bell.now &- work.largeSince
            if work.large.count < Self.largeEnough, age < Self.largeWait, work.waiting.isEmpty {
                return (nil, Self.largeWait - age)
            }
            let pages = Array(work.large.prefix(Self.largeEnough))
            work.large.removeFirst(pages.count)
            return (.large(pages), nil)
        }
    }

    private func perform(_ task: Task, _ pool: PagePool, _ store: BackingStore) -> ChoreStep {
        let bench = bench()
        let isOver = gather(task, pool)
        guard !bench.candidates.isEmpty else {
            // Nothing was found, which may only mean that the search is not over yet.
            if !isOver { return .more }
            if case .request(let request) = task { finish(request, nil) }
            if case .pressure = task {
                return wakeWaitingInVain() ? restAfterPressure(pool) : .more
            }
            return .more
        }
        let trouble = writeCluster(pool, store)
        note(trouble, pool)
        if let trouble {
            if case .request(let request) = task { finish(request, trouble.errno) }
            bench.candidates.removeAll(keepingCapacity: true)
            bench.left.removeAll()
            wakeWaiting(isBetter: false)
            // Whoever finds no room asks again; until then what is in memory stays there.
            if case .pressure = task { return restAfterPressure(pool) }
            return .more
        }
        if isOver, bench.left.isEmpty, case .request(let request) = task { finish(request, nil) }
        wakeWaiting(isBetter: true)
        return .more
    }

    /// Under pressure nothing more can be done: other work goes on, if there is any.
    private func restAfterPressure(_ pool: PagePool) -> ChoreStep {
        work.withLock { $0.requests.isEmpty } ? .done : .more
    }

    private func finish(_ request: WritebackRequest, _ error: Errno?) {
        work.withLock { work in
            work.requests.removeAll { $0 === request }
            work.requestShard = 0
            work.requestNext = 0
        }
        bench().left.removeAll()
        request.end(error)
    }
}
