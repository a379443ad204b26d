/// What a server bears.
public struct ServerLimits: Sendable, Equatable {
    /// Connections that are answered at a time, held streams not counted.
    public var connections = 4096
    /// Connections of one IPv4 address or one IPv6 network of 64 bits, held streams counted; loopback is free.
    public var connectionsPerAddress = 256
    /// Held streams that file descriptors are provided for. Who may hold one is the gateway's to decide.
    public var streams = 16384
    /// A request's line and headers that surely fit. A little more may fit too: the bound is that of a memory pool.
    public var headerBytes = 16384
    /// From a request's first byte to its last; and how long a connection may be idle.
    public var requestSeconds = 30.0

    /// The defaults.
    public init() {}

    /// Connections beyond `connections` that are still taken, to be told that they are too many.
    var slack: Int { max(64, connections / 8) }
    /// The memory pool of a connection: the head, its table of headers, and the reply's head beside it.
    var poolBytes: Int { headerBytes + 4096 }
    /// How often deadlines are looked at while there are any.
    var tickNanoseconds: UInt64 { UInt64(min(max(requestSeconds / 8, 0.05), 2) * 1e9) }
}
