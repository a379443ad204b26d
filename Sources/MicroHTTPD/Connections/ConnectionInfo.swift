public import HTTPGateway
import Synchronization

/// What is known about an open connection.
public struct ConnectionInfo: Sendable {
    /// 2 for the server's first.
    public let serial: UInt64
    /// How it came.
    public let transport: Peer.Transport
    /// `192.0.2.7:49152`; empty for unix sockets.
    public let address: String
    /// Its CPU lane.
    public let cpu: Int
    /// When it was accepted, in nanoseconds of CLOCK_MONOTONIC.
    public let startedNanoseconds: UInt64
    /// How long ago that was.
    public var ageNanoseconds: UInt64 { MonotonicTime.now - startedNanoseconds }
    /// Requests that were answered.
    public let requests: UInt64
    /// Whether it is given to a stream.
    public let isHeld: Bool
    /// Whether a request is being received or answered on it; a stream counts.
    public let isBusy: Bool
    /// The target of the request that is being received or answered, as it was sent, its first 128 bytes; empty where there
    /// is none.
    public let target: [UInt8]
    /// What the client calls itself: the `User-Agent` of its first request, 128 bytes at most.
    public let agent: String
    /// Bytes of bodies that came.
    public let receivedBytes: UInt64
    /// Bytes of bodies that were handed over to be sent.
    public let sentBytes: UInt64

    init(_ connection: Connection) {
        serial = connection.serial
        transport = connection.transport
        address = connection.address.map { "\(BoundAddress.tcp(address: $0.text, port: $0.port))" } ?? ""
        cpu = connection.cpu
        startedNanoseconds = connection.startedAt
        requests = connection.requestCount
        isHeld = connection.isHeld.load(ordering: .relaxed)
        isBusy = connection.progress.load(ordering: .relaxed) & 3 != Connection.Phase.waiting.rawValue
        target = isBusy ? connection.notes.lastTarget : []
        agent = connection.notes.agentText
        receivedBytes = connection.notes.receivedBytes
        sentBytes = connection.notes.sentBytes
    }
}
