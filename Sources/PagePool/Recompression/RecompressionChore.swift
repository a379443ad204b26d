internal import Locking
internal import SystemPackage

/// Packs stored pages again, by a client's order.
final class RecompressionChore: PoolChore, @unchecked Sendable {
    // Sendable: the sweep is used within steps, by one thread at a time; everything else is under a lock.

    private struct State {
        weak var pool: PagePool?
        var order: RecompressionOrder?
        /// How many orders there were.
        var number: UInt64 = 0
        var progress = RecompressionProgress()
    }

    private let state = Locked(State())
    /// The order that the sweep is for.
    private var number: UInt64 = 0
    private var sweep: PageSweep?
    private var set: DictionarySet?

    /// Says whose chore it is. Called once, before the first step.
    func attach(to pool: PagePool) { state.withLock { $0.pool = pool } }

    /// How far it has come.
    var progress: RecompressionProgress { state.withLock { $0.progress } }

    /// Takes an order.
    ///
    /// - Throws: EBUSY while there is another.
    func take(_ order: RecompressionOrder) throws(Errno) {
        try state.withLock { state throws(Errno) in
            if state.order != nil { throw .resourceBusy }
            state.order = order
            state.number += 1
            state.progress = RecompressionProgress()
            state.progress.isRunning = true
        }
    }

    /// Gives the order up; the step under way is finished.
    func giveUp() {
        state.withLock { state in
            state.order = nil
            state.progress.isRunning = false
        }
    }

    func step() -> ChoreStep {
        let (pool, order, number) = state.withLock { ($0.pool, $0.order, $0.number) }
        guard let pool, !pool.isDead, let order else { return end(number) }
        if sweep == nil || self.number != number {
            self.number = number
            begin(order, pool)
        }
        let start = Bell.now
        let level = order.level ?? pool.workspaces.codec.recompressionLevel
        let isOver = sweep?.step(pool, set ?? DictionarySet(level: level), level: level) ?? true
        tell()
        if isOver { return end(number) }
        return .after(nanoseconds: PageSweep.rest(after: Bell.now &- start, cpuPercent: order.cpuPercent))
    }

    private func begin(_ order: RecompressionOrder, _ pool: PagePool) {
        letSetGo()
        sweep = PageSweep(.smaller, triesMax: order.pagesMax ?? .max) { order.isMeant($0) }
        // The dictionaries of now, at the order's level; without memory for them it goes without.
        let level = order.level ?? pool.workspaces.codec.recompressionLevel
        guard let current = pool.dictionaries.borrow() else { return }
        if current.level == level {
            set = current
            return
        }
        defer { current.giveBack() }
        guard !current.isEmpty, let made = try? pool.makeSet(like: current, level: level) else { return }
        if pool.dictionaries.lend(made) { set = made }
    }

    private func tell() {
        guard let figures = sweep?.figures else { return }
        let number = number
        state.withLock { state in
            // Another order may have come in between.
            guard state.number == number else { return }
            state.progress.pagesLooked = figures.looked
            state.progress.pagesTried = figures.tried
            state.progress.pagesRecompressed = figures.stored
            state.progress.savedBytes = figures.savedBytes
            state.progress.pagesFailed = figures.failed
        }
    }

    /// Forgets what was under way. Called when there are no steps any more.
    func drop() { _ = end(.max) }

    /// Ends an order that was done or given up, unless another came in between.
    private func end(_ number: UInt64) -> ChoreStep {
        sweep = nil
        letSetGo()
        return state.withLock { state in
            if state.number > number { return .more }
            state.order = nil
            state.progress.isRunning = false
            return .done
        }
    }

    private func letSetGo() {
        set?.giveBack()
        set = nil
    }
}
