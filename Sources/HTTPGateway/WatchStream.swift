internal import Bytes
internal import Locking
internal import PseudoFS
internal import Synchronization

/// `?watch`: server-sent events with what a file shows, at once and whenever it shows something else.
///
/// An event is `data: ` with what GET gives as JSON: `data: {"path":"/…","type":"file","mode":"0640","value":true}`. For a
/// stream the value is whether it is worth reading. It ends when what the file stands for is removed, or when its time is
/// up.
final class WatchStream: OpenFile, @unchecked Sendable {
    // Sendable: `last` is used by the one thread that reads; the rest is constant, or under a lock.

    private let node: Node
    private let namespace: Namespace
    private let readiness: (any Readiness)?
    private let int64AsString: Bool
    private let wake = Locked<(@Sendable () -> Void)?>(nil)
    private let watcher = Locked<Watchers.Watcher?>(nil)
    private var last: UInt64?
    let timeoutSeconds: Double?

    /// Begins to watch.
    ///
    /// - Throws: ENODEV where what it stands for has been removed; what the file itself reports.
    init(
        _ node: Node, in namespace: Namespace, int64AsString: Bool, timeoutSeconds: Double?
    ) throws(Failure) {
        self.node = node
        self.namespace = namespace
        self.int64AsString = int64AsString
        self.timeoutSeconds = timeoutSeconds
        readiness = try node.openReadiness()
        let added = namespace.watchers.add { [weak self] in self?.call() }
        watcher.withLock { $0 = added }
    }

    private func call() { wake.withLock { $0 }?() }

    func onReadable(_ wake: (@Sendable () -> Void)?) { self.wake.withLock { $0 = wake } }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        // Armed first, looked at afterwards: so what changes in between calls.
        watcher.withLock { $0 }?.wait()
        readiness?.wait { [weak self] in self?.call() }
        if node.isGone || readiness?.isOver == true { return .end }
        guard let event = try? event() else { return node.isGone ? .end : .wouldBlock }
        let fingerprint = Hash64.of(event.span, seed: 0)
        guard fingerprint != last else { return .wouldBlock }
        last = fingerprint
        buffer.append("data: ")
        buffer.append(event.span)
        buffer.append("\n\n")
        return .wouldBlock
    }

    /// What the file shows now, in one line.
    private func event() throws(Failure) -> ByteBuffer {
        var out = ByteBuffer()
        out.appendObject(of: node)
        out.append(",\"value\":")
        if let readiness {
            out.append(readiness.isReady ? "true" : "false")
        } else {
            try node.watched().appendJSON(to: &out, int64AsString: int64AsString)
        }
        out.append("}")
        return out
    }

    func close() {
        let gone = watcher.withLock { watcher in
            defer { watcher = nil }
            return watcher
        }
        if let gone { namespace.watchers.remove(gone) }
        readiness?.close()
    }
}
