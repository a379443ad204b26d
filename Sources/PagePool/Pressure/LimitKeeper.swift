internal import Locking
internal import SystemPackage

/// `mem_limit=auto`: has a pool's limit follow how scarce memory is.
///
/// The most is half of what there is. Where somebody has to wait for memory the limit goes down by a quarter of what is
/// held, so that pages go to the backing store before the machine swaps; when that has not happened for a while and an
/// eighth is free, it goes up again by an eighth at a time. A timer runs only in between.
final class LimitKeeper: PoolChore {
    /// How fast.
    struct Pace: Sendable {
        /// Nanoseconds without pressure before the limit goes up.
        var quiet: UInt64 = 10_000_000_000
        /// Nanoseconds from one step up to the next.
        var pause: UInt64 = 2_000_000_000
    }

    private struct State {
        var isAuto = false
        /// Why the limit is to go down.
        var pressed: String?
        var pressedAt: UInt64 = 0
        /// Pages held when it is looked again, where nobody tells of pressure.
        var lookAt = Int.max
    }

    private struct Owner {
        weak var pool: PagePool?
    }

    /// The least that a limit goes down to, 1 MiB: below there is hardly anything to be gained.
    private static let limitMin = 256
    /// Where nobody tells of pressure, it is looked after so many pages more: 16 MiB.
    private static let pagesBetweenLooks = 4096

    private let pace: Pace
    private let source: any MemorySource
    private let state = Locked(State())
    private let owner = Locked(Owner())

    init(_ source: any MemorySource, pace: Pace) {
        self.source = source
        self.pace = pace
    }

    /// Says whose limit it is.
    func see(_ pool: PagePool) { owner.withLock { $0.pool = pool } }

    /// Whether the limit follows.
    var isAuto: Bool { state.withLock { $0.isAuto } }

    /// Lets the limit be what it is.
    func rest() { state.withLock { $0 = State() } }

    /// Lets the limit follow from now on.
    ///
    /// - Parameters:
    ///   - pool: whose.
    ///   - isTold: whether somebody tells of pressure; otherwise it is looked as the pool grows.
    func follow(_ pool: PagePool, isTold: Bool) {
        state.withLock { state in
            state.isAuto = true
            state.pressed = nil
            state.lookAt = isTold ? .max : 0
        }
        change(pool, to: Self.limitMax(source.outlook), "auto")
        if !isTold { look(pool) }
    }

    /// The most that a limit is.
    private static func limitMax(_ outlook: MemoryOutlook) -> Int {
        max(Int(min(outlook.totalBytes / 2, 1 << 60)) >> 12, limitMin)
    }

    /// Memory is scarce.
    func press(_ reason: String) {
        guard let pool = owner.withLock({ $0.pool }) else { return }
        let isAuto = state.withLock { state in
            if state.isAuto { state.pressed = reason }
            return state.isAuto
        }
        if isAuto { try? pool.worker.ask(self) }
    }

    /// The pool grew: where nobody tells of pressure, it is looked for.
    func grew(_ pool: PagePool) {
        let held = pool.held.count
        if state.withLock({ $0.isAuto && held >= $0.lookAt }) { look(pool) }
    }

    private func look(_ pool: PagePool) {
        let next = pool.held.count + Self.pagesBetweenLooks
        state.withLock { $0.lookAt = next }
        pool.held.setLookAt(next)
        let outlook = source.outlook
        if outlook.availableBytes < outlook.totalBytes / 16 { press("\(outlook.availableBytes) bytes are available") }
    }

    func step() -> ChoreStep {
        guard let pool = owner.withLock({ $0.pool }), isAuto else { return .done }
        let outlook = source.outlook
        let most = Self.limitMax(outlook)
        let pressed = state.withLock { state in
            let pressed = state.pressed
            state.pressed = nil
            if pressed != nil { state.pressedAt = Bell.now }
            return pressed
        }
        let limit = pool.held.limit
        if let pressed {
            let goal = max(min(limit, pool.held.count) / 4 * 3, Self.limitMin)
            change(pool, to: min(goal, limit), pressed)
            return .after(nanoseconds: pace.pause)
        }
        if limit > most { change(pool, to: most, "half of what there is became less") }
        if limit >= most { return .done }
        let quiet = Bell.now &- state.withLock { $0.pressedAt }
        if quiet >= pace.quiet, outlook.availableBytes >= outlook.totalBytes / 8 {
            change(pool, to: min(most, limit + max(limit / 8, Self.limitMin)), "no pressure")
        }
        return .after(nanoseconds: pace.pause)
    }

    /// Sets a limit, or the next best one where pages cannot go.
    private func change(_ pool: PagePool, to pages: Int, _ reason: String) {
        let old = pool.held.limit
        pool.forceLimit(pages)
        pool.tellLimit(from: old, reason)
    }
}
