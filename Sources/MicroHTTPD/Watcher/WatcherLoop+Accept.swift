import CMicroHTTPD
import Glibc
import HTTPGateway
import Synchronization

extension WatcherLoop {
    /// Takes what waits on a listener, a batch at a time so that streams are not kept waiting.
    mutating func accept(from listener: ListeningSocket) {
        for _ in 0..<64 {
            var storage = sockaddr_storage()
            var length = socklen_t(0)
            let descriptor = unsafe jitfs_accept(listener.descriptor, &storage, &length)
            if descriptor >= 0 {
                take(descriptor, storage, length, from: listener)
                continue
            }
            switch errno {
            case EMFILE, ENFILE, ENOMEM, ENOBUFS:
                // The listener stays readable: wait for a connection to close, or for the next tick, not in a spin.
                setAccepting(false)
                service.watcher.isShortOfDescriptors.store(true, ordering: .relaxed)
                return
            case EINTR, ECONNABORTED: continue
            default: return
            }
        }
    }

    private mutating func take(
        _ descriptor: Int32, _ storage: sockaddr_storage, _ length: socklen_t, from listener: ListeningSocket
    ) {
        let address = PeerAddress(storage)
        let (verdict, isAddressLimit) = service.connections.verdict(from: address)
        count(verdict, isAddressLimit: isAddressLimit)
        guard let verdict else {
            close(descriptor)
            return
        }
        let descriptor = balanced(descriptor)
        let serial = nextSerial
        nextSerial += 1
        let transport: Peer.Transport =
            address.map { .tcp(isLoopback: $0.isLoopback) } ?? Self.process(behind: descriptor)
        let connection = Connection(
            descriptor: descriptor, serial: serial, transport: transport, address: address,
            cpu: Int((serial - 1) % UInt64(service.threads)), isPublicListener: listener.isPublic, verdict: verdict,
            startedAt: MonotonicTime.now)
        // Nobody else opens descriptors into the table: what is left there was closed behind our back.
        _ = service.connections.insert(connection)
        var storage = storage
        let length = max(length, socklen_t(MemoryLayout<sa_family_t>.size))
        let added = unsafe withSocketAddress(&storage) { address, _ in
            unsafe daemon.add(descriptor, address, length)
        }
        if !added { service.connections.remove(connection) }
        service.connectionsChanged()
    }

    /// Shares connections out: the first thread gets three where each other gets one.
    ///
    /// A thread that has many answers several at each waking; shared out evenly, small requests cost up to a fifth more
    /// CPU for wake-ups (measured with 32 on two threads). Busy clients keep a thread that has few of them as busy.
    /// libmicrohttpd goes by the descriptor's number, so a descriptor may get another number here.
    private func balanced(_ descriptor: Int32) -> Int32 {
        let threads = Int32(service.threads)
        let loads = service.connections.countsByThread.enumerated().map { ($1 + 1) * ($0 == 0 ? 1 : 3) }
        guard let least = loads.indices.min(by: { loads[$0] < loads[$1] }) else { return descriptor }
        var tried = [descriptor]
        while tried.count <= Int(threads), let last = tried.last, Int(last % threads) != least {
            let next = jitfs_duplicate(descriptor, last + 1)
            if next < 0 { break }
            tried.append(next)
        }
        let chosen = tried.removeLast()
        for other in tried { close(other) }
        return chosen
    }

    private func count(_ verdict: Connection.Verdict?, isAddressLimit: Bool) {
        service.accepted.add(1, ordering: .relaxed)
        switch verdict {
        case .serve: break
        case .refuse where isAddressLimit: service.refusals.connectionsPerAddress.add(1, ordering: .relaxed)
        case .refuse: service.refusals.connections.add(1, ordering: .relaxed)
        case nil: service.refusals.dropped.add(1, ordering: .relaxed)
        }
    }

    /// The process that connected to a unix socket, and its name at this moment.
    private static func process(behind descriptor: Int32) -> Peer.Transport {
        let pid = jitfs_peer_process(descriptor)
        guard pid > 0 else { return .unix(pid: 0, comm: "") }
        let file = unsafe open("/proc/\(pid)/comm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return .unix(pid: pid, comm: "") }
        defer { close(file) }
        var name = [UInt8](repeating: 0, count: 64)
        let count = unsafe read(file, &name, name.count)
        let bytes = name.prefix(max(count, 0)).prefix { $0 != 0x0A }
        return .unix(pid: pid, comm: String(decoding: bytes, as: UTF8.self))
    }
}
