import Glibc

/// Where a server takes connections.
public enum Listener: Sendable, Equatable {
    /// An IPv4 or IPv6 address in digits and a port, 0 for a free one: `.tcp(address: "127.0.0.1", port: 8470)`.
    case tcp(address: String, port: UInt16)
    /// A unix socket. A socket file that nobody answers on is replaced, any other file is not.
    case unix(path: String, mode: UInt32 = 0o600)
    /// A listening socket that was passed in, as systemd does. It is taken as it is.
    case inherited(descriptor: Int32)

    /// Whether other machines could reach it. A socket that was passed in is asked where it is bound.
    public var isPublic: Bool {
        switch self {
        case .tcp(let address, _): !(address.hasPrefix("127.") || address == "::1")
        case .unix: false
        case .inherited(let descriptor): ListeningSocket.name(of: descriptor, path: nil).isPublic
        }
    }

    /// Whether the file system says who may connect. A socket that was passed in is asked where it is bound.
    public var isUnix: Bool {
        switch self {
        case .tcp: return false
        case .unix: return true
        case .inherited(let descriptor):
            if case .unix = ListeningSocket.name(of: descriptor, path: nil).0 { return true }
            return false
        }
    }
}

/// Where a server really listens.
public enum BoundAddress: Sendable, Equatable, CustomStringConvertible {
    /// Over TCP.
    case tcp(address: String, port: UInt16)
    /// A unix socket.
    case unix(path: String)

    /// As it stands in a URL or on a log line: `127.0.0.1:8470`, `[::1]:8470`, `/run/jitfs.sock`.
    public var description: String {
        switch self {
        case .tcp(let address, let port): address.utf8.contains(0x3A) ? "[\(address)]:\(port)" : "\(address):\(port)"
        case .unix(let path): path
        }
    }

    /// The port, where there is one.
    public var port: UInt16? { if case .tcp(_, let port) = self { port } else { nil } }
}

/// Why a server did not start.
public struct StartFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was attempted: `listen on 127.0.0.1:80`.
    public let attempt: String
    /// What came of it: `permission denied`.
    public let reason: String

    init(attempt: String, reason: String) {
        self.attempt = attempt
        self.reason = reason
    }

    /// With the reason that the last call of the system gave, or the one of a number.
    init(attempt: String, number: Int32 = errno) {
        self.attempt = attempt
        reason = unsafe String(cString: strerror(number))
    }

    /// Both in one line.
    public var description: String { "\(attempt): \(reason)" }
}
