internal import Synchronization

/// Whether the records of an event that triggers hold are taken: what the star stands for in `0*` and `1*`.
///
/// A trigger on an event, or one that will enable it, needs its tracepoint to be on while nobody records it. Any
/// thread; triggers turn it under a lane's lock.
final class EventSwitch: Sendable {
    private let disabled: Atomic<Bool>

    init(isDisabled: Bool) { disabled = Atomic(isDisabled) }

    /// Whether the event counts as disabled though its tracepoint is on.
    var isDisabled: Bool {
        get { disabled.load(ordering: .relaxed) }
        set { disabled.store(newValue, ordering: .relaxed) }
    }
}
