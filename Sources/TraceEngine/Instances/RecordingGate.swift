internal import Synchronization

/// What a writer looks at before it writes into an instance, without a lock.
///
/// Another clock or a larger mask is another gate, which takes this one's place in the ``LaneTargets``; a writer that
/// still has the old one writes by that.
final class RecordingGate: Sendable {
    /// Which events are enabled.
    let mask: EventMask
    /// The instance's clock.
    let clock: TraceClock
    /// `tracing_on`; changed under the instance's lock.
    private let open: Atomic<Bool>

    init(mask: EventMask, clock: TraceClock, isOpen: Bool) {
        self.mask = mask
        self.clock = clock
        open = Atomic(isOpen)
    }

    @inline(__always)
    var isOpen: Bool { open.load(ordering: .relaxed) }

    func set(open isOpen: Bool) { open.store(isOpen, ordering: .relaxed) }
}
