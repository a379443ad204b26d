internal import Locking
internal import Synchronization

/// The readers that wait for records of one ring buffer: one that consumes, and any number that look whether it is worth
/// reading.
///
/// A writer looks at ``isArmed``: one relaxed load. Any thread; the lock protects the list and is taken alone.
final class WaitingReaders: Sendable {
    private let armed = Atomic<Bool>(false)
    private let signals = Locked<[ReaderSignal]>([])

    /// Whether any of them waits, or did.
    @inline(__always)
    var isArmed: Bool { armed.load(ordering: .relaxed) }

    /// Adds a reader.
    func add(_ signal: ReaderSignal) { signals.withLock { $0.append(signal) } }

    /// Takes a reader out.
    func remove(_ signal: ReaderSignal) { signals.withLock { list in list.removeAll { $0 === signal } } }

    /// Has the next writer fire. To be called once a reader's own signal is armed, before it looks for records.
    func arm() { armed.store(true, ordering: .sequentiallyConsistent) }

    /// Calls those that wait. Never under a ring buffer's or a lane's lock.
    func fire() {
        guard armed.exchange(false, ordering: .acquiringAndReleasing) else { return }
        for signal in signals.withLock({ $0 }) { signal.fire() }
    }
}
