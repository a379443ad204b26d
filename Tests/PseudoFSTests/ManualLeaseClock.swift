internal import Locking
internal import PseudoFS
internal import SystemPackage

/// A clock for leases that goes when it is told to, and calls on the thread that tells it.
final class ManualLeaseClock: LeaseClock {
    private struct State {
        var now: UInt64 = 1_000_000_000
        var pass: (@Sendable () -> UInt64?)?
        /// When it is to call, as it was told last.
        var due: UInt64?
        var calls = 0
        var hasStopped = false
    }

    private let state = Locked(State())
    /// Whether the system has no thread.
    let isRefusing = Locked(false)

    var now: UInt64 { state.withLock { $0.now } }
    /// How often it called.
    var calls: Int { state.withLock { $0.calls } }
    var hasStarted: Bool { state.withLock { $0.pass != nil } }
    var hasStopped: Bool { state.withLock { $0.hasStopped } }

    func start(_ pass: @escaping @Sendable () -> UInt64?) throws(Errno) {
        if isRefusing.withLock({ $0 }) { throw .resourceTemporarilyUnavailable }
        state.withLock { state in
            precondition(state.pass == nil, "it is started once")
            state.pass = pass
        }
    }

    func ring() { call() }

    func stop() { state.withLock { $0.hasStopped = true } }

    /// Lets time go by, and calls at each moment for which it was asked to.
    func advance(seconds: Double) {
        let end = now + UInt64(seconds * 1_000_000_000)
        while let due = state.withLock({ $0.due }), due <= end {
            state.withLock { $0.now = max($0.now, due) }
            call()
        }
        state.withLock { $0.now = end }
    }

    /// Lets time go by without anybody noticing.
    func slip(seconds: Double) { state.withLock { $0.now += UInt64(seconds * 1_000_000_000) } }

    private func call() {
        let pass = state.withLock { state in
            state.calls += 1
            return state.pass
        }
        let due = pass?()
        state.withLock { $0.due = due }
    }
}
