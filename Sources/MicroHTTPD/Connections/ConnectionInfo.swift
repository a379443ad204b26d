public import HTTPGateway
import Synchronization

/// What is known about an open connection.
public struct ConnectionInfo: Sendable {
    /// 1 for the server's first.
    public let serial: UInt64
    /// How it came.
    public let transport: Peer.Transport
    /// `192.0.2.7:49152`; empty for unix sockets.
    public let address: String
    /// Its CPU lane.
    public let cpu: Int
    /// When it was accepted, in nanoseconds of CLOCK_MONOTONIC.
    public let startedNanoseconds: UInt64
    /// Requests that were answered.
    public let requests: UInt64
    /// Whether it is given to a stream.
    public let isHeld: Bool

    init(_ connection: Connection) {
        serial = connection.serial
        transport = connection.transport
        address = connection.address.map { "\(BoundAddress.tcp(address: $0.text, port: $0.port))" } ?? ""
        cpu = connection.cpu
        startedNanoseconds = connection.startedAt
        requests = connection.requestCount
        isHeld = connection.isHeld.load(ordering: .relaxed)
    }
}
