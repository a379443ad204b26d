internal import Glibc
internal import Locking
internal import SystemPackage

/// The thread of a pool, on which its chores are done. There is none before the first is asked for, and it sleeps without
/// a timer where nothing is left to do: a pool at rest wakes nobody up.
final class PoolWorker: Sendable {
    /// What pool and thread share; it lives until both are gone.
    private final class Desk: Sendable {
        struct State {
            /// Chores to be done now, in the order in which they were asked for.
            var asked: [any PoolChore] = []
            /// Chores that are to go on at a time, in nanoseconds of the monotonic clock.
            var later: [(chore: any PoolChore, at: UInt64)] = []
            var isRunning = false
            var isStopping = false
        }

        let state = Locked(State())
        let bell = Bell()
        /// Rung once, by the thread, at its end.
        let ended = Bell()
    }

    private let desk = Desk()
    private let memory: any PageMemory

    /// No thread yet.
    init(memory: any PageMemory) { self.memory = memory }

    deinit { end(waits: false) }

    /// Has a chore done, soon, if it is not about to be done anyway. Costs a lock, and a system call where the thread sleeps.
    ///
    /// - Throws: EAGAIN where the system gives no thread; nothing has changed then. ECANCELED after ``stop()``.
    func ask(_ chore: any PoolChore) throws(Errno) {
        let desk = desk
        let mayBeAsleep = try desk.state.withLock { state throws(Errno) in
            if state.isStopping { throw .canceled }
            let wasRunning = state.isRunning
            if !wasRunning {
                // Under the lock, once in a pool's life: who asks meanwhile is not told that a thread will come which does not.
                guard memory.permitsThread() else { throw .resourceTemporarilyUnavailable }
                try SystemThread { Self.run(desk) }.detach()
                state.isRunning = true
            }
            state.later.removeAll { $0.chore === chore }
            if !state.asked.contains(where: { $0 === chore }) { state.asked.append(chore) }
            return wasRunning
        }
        if mayBeAsleep { desk.bell.ring() }
    }

    /// Ends the thread, and waits for the step that it is in. Nothing is done afterwards.
    func stop() { end(waits: true) }

    private func end(waits: Bool) {
        let isRunning = desk.state.withLock { state in
            state.isStopping = true
            state.asked.removeAll()
            state.later.removeAll()
            return state.isRunning
        }
        guard isRunning else { return }
        desk.bell.ring()
        if waits {
            desk.ended.wait()
            // For whoever stops it again.
            desk.ended.ring()
        }
    }

    // MARK: the thread

    /// What the thread is to do next.
    private enum Turn {
        case step(any PoolChore)
        case sleep(until: UInt64?)
        case end
    }

    private static func run(_ desk: Desk) {
        while true {
            let now = Bell.now
            let turn = desk.state.withLock { state in Self.turn(&state, now) }
            switch turn {
            case .end: return desk.ended.ring()
            case .sleep(let time): desk.bell.wait(until: time)
            case .step(let chore):
                let next = chore.step()
                desk.state.withLock { state in
                    if state.isStopping || state.asked.contains(where: { $0 === chore }) { return }
                    switch next {
                    case .done: break
                    case .more: state.asked.append(chore)
                    case .after(let nanoseconds): state.later.append((chore, Bell.now &+ nanoseconds))
                    }
                }
            }
        }
    }

    private static func turn(_ state: inout Desk.State, _ now: UInt64) -> Turn {
        if state.isStopping { return .end }
        // Behind those that were asked for: one that goes on at once, every time, would leave them no turn.
        for due in state.later where due.at <= now { state.asked.append(due.chore) }
        state.later.removeAll { $0.at <= now }
        if !state.asked.isEmpty { return .step(state.asked.removeFirst()) }
        return .sleep(until: state.later.map(\.at).min())
    }
}
