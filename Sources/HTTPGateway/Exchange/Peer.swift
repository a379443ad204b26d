/// The other end of a connection, as the transport knows it.
public struct Peer: Sendable {
    /// How it came.
    public enum Transport: Sendable, Equatable {
        /// Over TCP; whether from this machine.
        case tcp(isLoopback: Bool)
        /// Over a unix socket, from a process that the kernel vouches for.
        case unix(pid: Int32, comm: String)
    }

    /// How it came.
    public var transport: Transport
    /// The number of the connection since the server's start, 2 being the first: 1 is the task that every system begins
    /// with, and a connection's number is its task's.
    public var connection: UInt64
    /// The server thread's number: the lane of the node cache.
    public var lane: Int
    /// The CPU lane of its records, for the connection's whole life.
    public var cpu: Int
    /// Whether the listener takes connections from other machines: then `Host` may be any of ours.
    public var isPublicListener: Bool

    /// Describes a peer.
    public init(
        transport: Transport = .tcp(isLoopback: true), connection: UInt64 = 2, lane: Int = 0, cpu: Int = 0,
        isPublicListener: Bool = false
    ) {
        self.transport = transport
        self.connection = connection
        self.lane = lane
        self.cpu = cpu
        self.isPublicListener = isPublicListener
    }
}
