import Bytes
import CMicroHTTPD
import Glibc
import HTTPGateway
import Locking
import PseudoFS
import Synchronization

/// A reply that goes on: what connects a file to a suspended connection.
///
/// The server thread asks ``next(into:count:)`` for bytes whenever it can send. When there are none, the connection is
/// suspended; the file's wake-up, a client's going, a deadline or the server's end hand it to the watcher, which
/// resumes it. Whoever turns `isSuspended` off resumes, so that it happens exactly once for each suspension.
@safe final class HeldStream: @unchecked Sendable {
    // Sendable: `spill`, `sent`, `isDry` and `hasEnded` are touched by the connection's server thread only, `id` is set
    // before any other thread knows of the stream; the rest is constant or under `state`.

    /// Why a stream stops.
    enum Ending: Sendable {
        /// Cleanly: the last chunk goes out.
        case finished
        /// Nobody is there to read it.
        case gone
    }

    private struct State: Sendable {
        var isSuspended = false
        /// Whether the wake-up came since the last read.
        var isReadable = false
        var ending: Ending?
    }

    private let body: StreamBody
    private let service: Service
    /// Whose it is.
    let client: Connection
    private let connection: OpaquePointer
    /// Lock order: this one, then libmicrohttpd's own (suspending). Nothing is called back under it.
    private let state = Locked(State())
    private var id: UInt64?
    /// Rendered and not sent: at most one read beyond what the connection takes at a time.
    private var spill: ByteBuffer
    private var sent = 0
    /// Whether the last read found nothing, so that the wake-up is armed.
    private var isDry = false
    private var hasEnded = false
    /// Whether pages of the connection's memory are in use that an idle stream does not need.
    private var hasSparePages = true

    /// What a read is asked for at most.
    private static var readBytesMax: Int { 16384 }
    /// What an idle stream keeps.
    private static var idleBytes: Int { 256 }

    /// Takes over a stream. Server thread.
    ///
    /// - Parameters:
    ///   - body: what is read; closed with this.
    ///   - first: what is sent before it.
    ///   - service: where streams are counted.
    ///   - client: the connection, as we know it.
    ///   - connection: the connection, as libmicrohttpd knows it.
    init(
        _ body: StreamBody, first: consuming ByteBuffer, service: Service, client: Connection,
        connection: OpaquePointer
    ) {
        self.body = body
        spill = first
        self.service = service
        self.client = client
        unsafe self.connection = unsafe connection
    }

    /// Begins: from now on it is known to the watcher and can be woken.
    func start() {
        let deadline = body.timeoutSeconds.map { MonotonicTime.now + UInt64(min(max($0, 0), 1e9) * 1e9) }
        service.connections.hold(client)
        if let id = service.streams.insert(self, deadline: deadline) {
            self.id = id
            boundSendBuffer()
            service.watcher.watch(client.descriptor, stream: id)
            if deadline != nil { service.watcher.poke() }
        } else {
            _ = end(.finished)
        }
        body.onReadable { [self] in
            if wake() { service.watcher.resume(self) }
        }
    }

    /// What a client that does not read can make the kernel hold: without a bound it swallows megabytes.
    private func boundSendBuffer() {
        var bytes: Int32 = 65536
        unsafe setsockopt(
            client.descriptor, SOL_SOCKET, SO_SNDBUF, &bytes, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Gives the next bytes. Server thread.
    ///
    /// - Parameters:
    ///   - target: where to.
    ///   - count: how many fit.
    /// - Returns: how many were given; 0 to be asked again, after a resumption where the connection was suspended;
    ///   -1 at the end, -2 where nobody is there.
    func next(into target: UnsafeMutablePointer<CChar>, count: Int) -> Int {
        // A file that says "more" without giving anything gets so many turns before other connections get theirs.
        for _ in 0..<64 {
            if sent < spill.count { return unsafe send(into: target, count: count) }
            // A body that is not all there must not end as one that is: the connection is cut instead.
            if hasEnded { return body.hasFailed ? -2 : -1 }
            if let ending = state.withLock({ $0.ending }) { return ending == .finished ? -1 : -2 }
            if isDry {
                spill.shrink(to: Self.idleBytes)
                guard isReadableOrSuspends() else {
                    unsafe giveBack(target, count)
                    return 0
                }
                isDry = false
            }
            switch body.read(into: &spill, limit: min(count, Self.readBytesMax)) {
            case .more: break
            case .wouldBlock: isDry = true
            case .end: hasEnded = true
            }
        }
        return 0
    }

    private func send(into target: UnsafeMutablePointer<CChar>, count: Int) -> Int {
        let length = min(count, spill.count - sent)
        unsafe spill.copy(from: sent, count: length, to: target)
        // And the two bytes that end a chunk.
        let offset = UInt(bitPattern: target) & (Self.pageBytes - 1)
        if offset + UInt(length) + 2 > Self.pageBytes { hasSparePages = true }
        client.notes.count(sent: length)
        sent += length
        if sent == spill.count {
            spill.removeAll()
            sent = 0
        }
        return length
    }

    /// Gives the system back the pages within the room for bytes, of which there are none now. Server thread.
    ///
    /// The room is all that the request left of the connection's memory; libmicrohttpd touched half of it, to overwrite
    /// it with zeros when it was done with the request. Until the call returns it is ours to write, and zeros is what it
    /// holds afterwards. Done again only after a larger piece was sent.
    private func giveBack(_ target: UnsafeMutablePointer<CChar>, _ count: Int) {
        guard hasSparePages else { return }
        hasSparePages = false
        let first = (UInt(bitPattern: target) + Self.pageBytes - 1) & ~(Self.pageBytes - 1)
        let end = (UInt(bitPattern: target) + UInt(count)) & ~(Self.pageBytes - 1)
        if first < end { unsafe madvise(UnsafeMutableRawPointer(bitPattern: first), Int(end - first), MADV_DONTNEED) }
    }

    private static let pageBytes = UInt(sysconf(Int32(_SC_PAGESIZE)))

    /// Whether to read again; otherwise the connection is suspended, and somebody will resume it.
    private func isReadableOrSuspends() -> Bool {
        state.withLock { state in
            if state.isReadable || state.ending != nil {
                state.isReadable = false
                return true
            }
            state.isSuspended = true
            unsafe MHD_suspend_connection(connection)
            return false
        }
    }

    /// Notes that there is something to read.
    ///
    /// - Returns: whether the caller has to have it resumed.
    private func wake() -> Bool {
        state.withLock { state in
            let wasSuspended = state.isSuspended
            state.isSuspended = false
            state.isReadable = true
            return wasSuspended
        }
    }

    /// Has it end.
    ///
    /// - Returns: whether the caller has to resume it, or have it resumed.
    func end(_ ending: Ending) -> Bool {
        state.withLock { state in
            if state.ending == nil { state.ending = ending }
            let wasSuspended = state.isSuspended
            state.isSuspended = false
            return wasSuspended
        }
    }

    /// Resumes the connection. The watcher's thread, once for each `true` that ``end(_:)`` and the wake-up gave: a
    /// suspended connection cannot go away, so the pointer holds.
    func resume() { unsafe MHD_resume_connection(connection) }

    /// The end in every case: libmicrohttpd lets go of the reply. Server thread.
    func finish() {
        if let id {
            service.streams.remove(id)
            service.watcher.unwatch(client.descriptor)
        }
        body.close()
        service.connections.release(client)
        if !service.watcher.isTicking.load(ordering: .sequentiallyConsistent) { service.watcher.poke() }
    }
}

extension ByteBuffer {
    /// Copies bytes out.
    fileprivate func copy(from offset: Int, count: Int, to target: UnsafeMutablePointer<CChar>) {
        unsafe span.withUnsafeBufferPointer { bytes in
            _ = unsafe memcpy(target, bytes.baseAddress! + offset, count)
        }
    }
}
