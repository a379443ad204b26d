import CMicroHTTPD
import Glibc

/// One socket that is listened on, and the file it stands for, if any.
///
/// It is ours and not libmicrohttpd's: address, backlog and file mode are chosen here, and connections are accepted
/// by the watcher thread, so that limits are answered and stopping needs no `MHD_quiesce_daemon`.
struct ListeningSocket: Sendable {
    /// The socket: listening, non-blocking.
    let descriptor: Int32
    /// Where it listens.
    let address: BoundAddress
    /// Whether other machines can reach it.
    let isPublic: Bool
    /// The file to remove at the end; nil where it is not ours.
    private let ownedFile: String?

    /// Opens what a listener says.
    ///
    /// - Parameters:
    ///   - listener: what to open.
    ///   - backlog: connections that the kernel holds for us.
    /// - Throws: where the address cannot be listened on.
    init(_ listener: Listener, backlog: Int32) throws(StartFailure) {
        switch listener {
        case .tcp(let text, let port):
            descriptor = try Self.openTCP(text, port, backlog: backlog)
            ownedFile = nil
        case .unix(let path, let mode):
            descriptor = try Self.openUnix(path, mode: mode, backlog: backlog)
            ownedFile = path
        case .inherited(let given):
            descriptor = given
            ownedFile = nil
            let flags = fcntl(given, F_GETFL)
            guard flags >= 0, fcntl(given, F_SETFL, flags | O_NONBLOCK) == 0,
                fcntl(given, F_SETFD, FD_CLOEXEC) == 0
            else { throw Self.failure("use descriptor \(given)") }
        }
        (address, isPublic) = Self.name(of: descriptor, path: ownedFile)
    }

    /// Closes it and removes its file.
    func close() {
        _ = Glibc.close(descriptor)
        if let ownedFile { _ = unsafe unlink(ownedFile) }
    }

    private static func openTCP(_ text: String, _ port: UInt16, backlog: Int32) throws(StartFailure) -> Int32 {
        let attempt = "listen on \(BoundAddress.tcp(address: text, port: port))"
        var v4 = sockaddr_in()
        var v6 = sockaddr_in6()
        if unsafe inet_pton(AF_INET, text, &v4.sin_addr) == 1 {
            v4.sin_family = sa_family_t(AF_INET)
            v4.sin_port = port.bigEndian
            return try open(AF_INET, &v4, backlog, attempt)
        }
        guard unsafe inet_pton(AF_INET6, text, &v6.sin6_addr) == 1 else {
            throw StartFailure(attempt: attempt, reason: "not an IPv4 or IPv6 address in digits")
        }
        v6.sin6_family = sa_family_t(AF_INET6)
        v6.sin6_port = port.bigEndian
        return try open(AF_INET6, &v6, backlog, attempt)
    }

    private static func openUnix(_ path: String, mode: UInt32, backlog: Int32) throws(StartFailure) -> Int32 {
        let attempt = "listen on \(path)"
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count > 0, bytes.count < MemoryLayout.size(ofValue: name.sun_path), !bytes.contains(0) else {
            throw StartFailure(attempt: attempt, reason: "a socket's path has 1 to 107 bytes")
        }
        unsafe withUnsafeMutableBytes(of: &name.sun_path) { unsafe $0.copyBytes(from: bytes) }
        removeStale(path, name)
        // Nobody may connect between bind and chmod: the mask is the process's, and listen comes after both.
        let mask = umask(0o177)
        defer { umask(mask) }
        return try open(AF_UNIX, &name, backlog, attempt) { descriptor in
            unsafe chmod(path, mode) == 0
        }
    }

    /// Removes a socket file that nobody answers on; everything else is left for `bind` to refuse.
    private static func removeStale(_ path: String, _ name: sockaddr_un) {
        var status = stat()
        guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return }
        let probe = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard probe >= 0 else { return }
        defer { _ = Glibc.close(probe) }
        var name = name
        let answered = unsafe withSocketAddress(&name) { unsafe connect(probe, $0, $1) }
        if answered != 0, errno == ECONNREFUSED { _ = unsafe unlink(path) }
    }

    private static func open<Address>(
        _ family: Int32, _ address: inout Address, _ backlog: Int32, _ attempt: String,
        beforeListening: (Int32) -> Bool = { _ in true }
    ) throws(StartFailure) -> Int32 {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw failure(attempt) }
        var one: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        if family != AF_UNIX { unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, size) }
        // An IPv6 listener is one of IPv6 only: what listens on :: does not take IPv4's port by the way.
        if family == AF_INET6 { unsafe setsockopt(descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &one, size) }
        let bound = unsafe withSocketAddress(&address) { unsafe bind(descriptor, $0, $1) }
        guard bound == 0, beforeListening(descriptor), listen(descriptor, backlog) == 0 else {
            let failure = failure(attempt)
            _ = Glibc.close(descriptor)
            throw failure
        }
        return descriptor
    }

    /// Where a socket listens, and whether other machines can reach it.
    static func name(of descriptor: Int32, path: String?) -> (BoundAddress, isPublic: Bool) {
        if let path { return (.unix(path: path), false) }
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let known = unsafe withSocketAddress(&storage) { address, _ in
            unsafe getsockname(descriptor, address, &length)
        }
        guard known == 0, let address = PeerAddress(storage) else {
            return (.unix(path: "socket \(descriptor)"), false)
        }
        return (.tcp(address: address.text, port: address.port), !address.isLoopback)
    }

    private static func failure(_ attempt: String) -> StartFailure {
        StartFailure(attempt: attempt)
    }
}

/// Shows any socket address as the general one, as every call of the kernel wants it.
func withSocketAddress<Address, Result>(
    _ address: inout Address, _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) -> Result
) -> Result {
    let length = socklen_t(MemoryLayout<Address>.size)
    return unsafe withUnsafeMutableBytes(of: &address) { bytes in
        unsafe body(bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), length)
    }
}
