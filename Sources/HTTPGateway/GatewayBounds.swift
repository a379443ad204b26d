internal import Synchronization

/// The limits of a gateway while it runs: those that can be changed are read where they are used, a plain load each.
final class GatewayBounds: Sendable {
    private let initial: GatewayLimits
    private let bodyBytes: Atomic<Int>
    private let streams: Atomic<Int>
    private let batchRequests: Atomic<Int>

    init(_ limits: GatewayLimits) {
        initial = limits
        bodyBytes = Atomic(limits.bodyBytes)
        streams = Atomic(limits.streams)
        batchRequests = Atomic(limits.batchRequests)
    }

    /// What holds now.
    var limits: GatewayLimits {
        get {
            var limits = initial
            limits.bodyBytes = bodyBytes.load(ordering: .relaxed)
            limits.collectedBytes = min(limits.collectedBytes, limits.bodyBytes)
            limits.streams = streams.load(ordering: .relaxed)
            limits.batchRequests = batchRequests.load(ordering: .relaxed)
            return limits
        }
        set {
            bodyBytes.store(newValue.bodyBytes, ordering: .relaxed)
            streams.store(newValue.streams, ordering: .relaxed)
            batchRequests.store(newValue.batchRequests, ordering: .relaxed)
        }
    }
}
