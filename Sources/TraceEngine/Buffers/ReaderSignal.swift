internal import Locking
internal import Synchronization

/// What wakes a reader that found nothing: armed by it, fired once by the first writer that finds it armed.
///
/// A writer looks at ``isArmed`` while it holds its ring buffer's lock: one relaxed load. A reader arms first and then
/// looks for records under the same locks, so either it sees the record or the writer sees it armed.
final class ReaderSignal: Sendable {
    private let armed = Atomic<Bool>(false)
    /// Set for good when the instance is removed.
    private let ended = Atomic<Bool>(false)
    /// Protects the closure only; it is copied out and called after.
    private let action = Locked<(@Sendable () -> Void)?>(nil)

    /// Whether somebody waits.
    @inline(__always)
    var isArmed: Bool { armed.load(ordering: .relaxed) }

    /// Whether nothing will ever come any more.
    var isEnded: Bool { ended.load(ordering: .acquiring) }

    /// Sets what to call.
    func set(_ closure: (@Sendable () -> Void)?) { action.withLock { $0 = closure } }

    /// Waits for the next record.
    func arm() { armed.store(true, ordering: .sequentiallyConsistent) }

    /// Stops waiting.
    ///
    /// - Returns: whether it was still waiting: if not, the closure was or will be called.
    func disarm() -> Bool { armed.exchange(false, ordering: .acquiringAndReleasing) }

    /// Calls the closure if somebody waits. Never under a lock.
    func fire() {
        guard armed.exchange(false, ordering: .acquiringAndReleasing) else { return }
        let closure = action.withLock { $0 }
        closure?()
    }

    /// Says that nothing will come any more, and wakes who waits.
    func end() {
        ended.store(true, ordering: .sequentiallyConsistent)
        fire()
    }
}
