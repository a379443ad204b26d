/// What a writer looks at before it writes into an instance, without a lock.
///
/// Another clock or a larger mask is another gate, which takes this one's place in the ``LaneTargets``; a writer that
/// still has the old one writes by that.
final class RecordingGate: Sendable {
    /// Which events are enabled.
    let mask: EventMask
    /// The instance's clock.
    let clock: TraceClock
    /// `tracing_on`; the same for all gates of an instance.
    private let tracing: TracingSwitch

    init(mask: EventMask, clock: TraceClock, tracing: TracingSwitch) {
        self.mask = mask
        self.clock = clock
        self.tracing = tracing
    }

    @inline(__always)
    var isOpen: Bool { tracing.isOn }
}
