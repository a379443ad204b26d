import Synchronization

/// What a server has counted since its start.
public struct ServerCounters: Sendable, Equatable {
    /// Connections taken, refused ones counted.
    public var connectionsAccepted: UInt64 = 0
    /// Connections open now.
    public var connectionsOpen = 0
    /// Streams open now.
    public var streamsOpen = 0
    /// Requests whose head was read.
    public var requests: UInt64 = 0
    /// Connections told 503 because of the limit on all of them.
    public var refusedConnections: UInt64 = 0
    /// Connections told 503 because of the limit on one address.
    public var refusedConnectionsPerAddress: UInt64 = 0
    /// Connections closed without an answer, being far too many.
    public var droppedConnections: UInt64 = 0
    /// Connections cut because a request took too long, or none came.
    public var refusedRequestSeconds: UInt64 = 0
    /// Heads that were too large: 414 and 431.
    public var refusedHeaderBytes: UInt64 = 0
    /// Requests that libmicrohttpd refused by itself for another reason: malformed, an unknown version.
    public var refusedMalformed: UInt64 = 0
    /// Bodies that were too large: 413.
    public var refusedBodyBytes: UInt64 = 0
}

/// The counters of what is rare. What comes with each request is counted by its thread.
final class Refusals: Sendable {
    let connections = Atomic<UInt64>(0)
    let connectionsPerAddress = Atomic<UInt64>(0)
    let dropped = Atomic<UInt64>(0)
    let requestSeconds = Atomic<UInt64>(0)
    let headerBytes = Atomic<UInt64>(0)
    let malformed = Atomic<UInt64>(0)
    let bodyBytes = Atomic<UInt64>(0)

    /// Counts one that libmicrohttpd answered itself.
    func countOwnAnswer(status: UInt32) {
        switch status {
        case 414, 431: headerBytes.add(1, ordering: .relaxed)
        case 413: bodyBytes.add(1, ordering: .relaxed)
        default: malformed.add(1, ordering: .relaxed)
        }
    }

    func fill(_ counters: inout ServerCounters) {
        counters.refusedConnections = connections.load(ordering: .relaxed)
        counters.refusedConnectionsPerAddress = connectionsPerAddress.load(ordering: .relaxed)
        counters.droppedConnections = dropped.load(ordering: .relaxed)
        counters.refusedRequestSeconds = requestSeconds.load(ordering: .relaxed)
        counters.refusedHeaderBytes = headerBytes.load(ordering: .relaxed)
        counters.refusedMalformed = malformed.load(ordering: .relaxed)
        counters.refusedBodyBytes = bodyBytes.load(ordering: .relaxed)
    }
}
