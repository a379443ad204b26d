internal import Glibc

/// A connection to a server: bytes there and back, over TLS where the address says so.
///
/// Every call waits for as long as the other side takes.
final class Connection {
    /// What can go wrong with one.
    enum Failure: Error {
        /// The name means no host.
        case noHost
        /// The host does not take the connection.
        case refused
        /// It does not answer.
        case timedOut
        /// It has ended the connection.
        case hungUp
        /// Its certificate is not for this name or not by anybody that this machine trusts, or it speaks no TLS.
        case untrusted
        /// It speaks, but not HTTP.
        case malformed(String)
    }

    private let descriptor: Int32
    private let secured: SecureSession?

    /// Connects.
    ///
    /// - Throws: what went wrong with the last one of the host's addresses.
    init(to server: ServerAddress) throws(Failure) {
        let descriptor = try Self.connected(server)
        do throws(Failure) {
            secured = server.isSecure ? try SecureSession(descriptor, host: server.host) : nil
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Takes what has come.
    ///
    /// - Parameter buffer: is filled from its start.
    /// - Returns: bytes taken, 0 only at the end.
    /// - Throws: `hungUp`.
    func read(into buffer: inout [UInt8]) throws(Failure) -> Int {
        if let secured { return try secured.read(into: &buffer) }
        while true {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            if count >= 0 { return count }
            if errno != EINTR { throw .hungUp }
        }
    }

    /// Sends all of it, unless an answer comes while it is being sent: it is a refusal, and the rest is not wanted.
    ///
    /// - Throws: nothing where the other side has hung up: what it said before that is still to be read.
    func write(_ bytes: [UInt8]) throws(Failure) {
        if let secured { return try secured.write(bytes) }
        var rest = bytes[...]
        while !rest.isEmpty {
            var state = pollfd(fd: descriptor, events: Int16(POLLIN | POLLOUT), revents: 0)
            if unsafe poll(&state, 1, -1) < 0 { continue }
            if Int32(state.revents) & POLLIN != 0 { return }
            let count = unsafe rest.withUnsafeBytes {
                unsafe send(descriptor, $0.baseAddress, $0.count, Int32(Int(MSG_NOSIGNAL) | Int(MSG_DONTWAIT)))
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR, errno != EAGAIN {
                return
            }
        }
    }

    private static func connected(_ server: ServerAddress) throws(Failure) -> Int32 {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(server.host, server.port, &hints, &list) == 0 else { throw .noHost }
        defer { unsafe freeaddrinfo(list) }
        var failure = Failure.noHost
        var next = unsafe list
        while let address = unsafe next {
            let descriptor = unsafe socket(
                address.pointee.ai_family, address.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue),
                address.pointee.ai_protocol)
            if descriptor >= 0 {
                if unsafe connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 {
                    var on: Int32 = 1
                    _ = unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(4))
                    return descriptor
                }
                failure = errno == ETIMEDOUT ? .timedOut : .refused
                close(descriptor)
            }
            unsafe next = address.pointee.ai_next
        }
        throw failure
    }
}
