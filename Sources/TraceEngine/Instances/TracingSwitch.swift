internal import Synchronization

/// `tracing_on` of an instance: whether its records are taken. Any thread; triggers turn it under a lane's lock.
final class TracingSwitch: Sendable {
    private let on = Atomic<Bool>(true)

    @inline(__always)
    var isOn: Bool {
        get { on.load(ordering: .relaxed) }
        set { on.store(newValue, ordering: .relaxed) }
    }
}
