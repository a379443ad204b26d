import Synchronization

/// The limits of a server while it runs: those on connections can be changed, and are read for each that comes.
final class ConnectionBounds: Sendable {
    private let initial: ServerLimits
    private let connections: Atomic<Int>
    private let connectionsPerAddress: Atomic<Int>

    init(_ limits: ServerLimits) {
        initial = limits
        connections = Atomic(limits.connections)
        connectionsPerAddress = Atomic(limits.connectionsPerAddress)
    }

    /// What holds now.
    var limits: ServerLimits {
        get {
            var limits = initial
            limits.connections = connections.load(ordering: .relaxed)
            limits.connectionsPerAddress = connectionsPerAddress.load(ordering: .relaxed)
            return limits
        }
        set {
            connections.store(newValue.connections, ordering: .relaxed)
            connectionsPerAddress.store(newValue.connectionsPerAddress, ordering: .relaxed)
        }
    }
}
