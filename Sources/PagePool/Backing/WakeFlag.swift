internal import Synchronization

/// Says that there is something for the pool's thread to do: set under locks, heeded when none is held.
final class WakeFlag: Sendable {
    private let flag = Atomic<Bool>(false)

    /// Whether it is set: one relaxed load.
    @inline(__always)
    var isSet: Bool { flag.load(ordering: .relaxed) }

    /// Sets it.
    func set() { flag.store(true, ordering: .relaxed) }

    /// Clears it.
    ///
    /// - Returns: whether it was set.
    func take() -> Bool { flag.exchange(false, ordering: .relaxed) }
}
