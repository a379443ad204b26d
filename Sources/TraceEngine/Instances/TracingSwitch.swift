internal import Synchronization

/// `tracing_on` of an instance: whether its records are taken. Any thread; triggers turn it under a lane's lock.
final class TracingSwitch: Sendable {
    private let on = Atomic<Bool>(true)
    private let news: EngineNews?
    private let instance: UInt64

    /// Is on.
    ///
    /// - Parameters:
    ///   - news: told when it is turned.
    ///   - instance: whose it is.
    init(news: EngineNews? = nil, instance: UInt64 = 0) {
        self.news = news
        self.instance = instance
    }

    @inline(__always)
    var isOn: Bool {
        get { on.load(ordering: .relaxed) }
        set {
            if on.load(ordering: .relaxed) == newValue { return }
            on.store(newValue, ordering: .sequentiallyConsistent)
            news?.tell(instance)
        }
    }
}
