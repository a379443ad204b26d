internal import MicroHTTPD

/// Where a server takes connections.
public enum Listener: Sendable, Equatable {
    /// An address in digits and a port, 0 for a free one.
    case tcp(address: String, port: UInt16)
    /// A unix socket, mode 0600.
    case unix(path: String)
    /// A listening socket that was passed in, as systemd does.
    case inherited(descriptor: Int32)

    var transport: MicroHTTPD.Listener {
        switch self {
        case .tcp(let address, let port): .tcp(address: address, port: port)
        case .unix(let path): .unix(path: path)
        case .inherited(let descriptor): .inherited(descriptor: descriptor)
        }
    }
}
