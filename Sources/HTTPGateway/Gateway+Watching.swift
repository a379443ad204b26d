internal import Bytes
internal import PseudoFS
internal import SystemPackage

extension Gateway {
    /// `GET f?watch`: the present value, and again whenever it changes, as server-sent events.
    ///
    /// It goes on until the client goes, or what the node stands for is removed; the node is kept meanwhile.
    ///
    /// - Throws: EINVAL, as 406 where the client takes no such answer; EMFILE where there are too many streams; what
    ///   the file reports.
    func showChanges(
        of node: Node, _ head: borrowing RequestHead, _ call: borrowing Call, _ trail: inout Trail,
        _ reply: inout Reply
    ) throws(Failure) {
        if !Accept(head.value(.accept)).takes("text/event-stream", isText: true) {
            throw trail.refusing(Failure(.invalidArgument, "there is only text/event-stream"), with: 406)
        }
        try requireNoTags(of: head)
        if head.method == .head {
            reply.stream = StreamBody(NothingMore())
        } else {
            let slot = try StreamSlot(in: self)
            let file = WatchedValue(of: node, try node.watch(), int64AsString: call.query.int64AsString)
            _ = file.read(into: &reply.body, limit: limits.bufferedBytes)
            slot.hold(namespace.pin(node))
            reply.stream = StreamBody(file) { slot.release() }
        }
        reply.addHeader("Content-Type", "text/event-stream")
        reply.addHeader("Vary", "Accept")
        reply.addHeader("X-Content-Type-Options", "nosniff")
        reply.addHeader("Cache-Control", "no-store")
    }
}

/// An attribute's object, again and again: each a server-sent event, of one line.
///
/// What is told is that a value is another one: changes that follow each other faster than they are read are one, and a
/// change to and fro is none.
private final class WatchedValue: OpenFile, @unchecked Sendable {
    // Sendable: the watch may be used by any thread; the rest is used by the one thread that reads.
    private let node: Node
    private let watch: any ValueWatch
    private let int64AsString: Bool
    /// Of the value that was told last.
    private var fingerprint: UInt64?

    init(of node: Node, _ watch: any ValueWatch, int64AsString: Bool) {
        self.node = node
        self.watch = watch
        self.int64AsString = int64AsString
    }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        // Armed before it is read: a change in between is told, one before is seen.
        watch.arm()
        let reading: Reading
        do throws(Failure) { reading = try node.read() } catch { return .end }
        let present = reading.fingerprint
        if present == fingerprint { return .wouldBlock }
        fingerprint = present
        buffer.append("data: ")
        buffer.appendObject(of: node)
        buffer.append(",\"value\":")
        reading.appendJSON(to: &buffer, int64AsString: int64AsString)
        buffer.append("}\n\n")
        return .more
    }

    func onReadable(_ wake: (@Sendable () -> Void)?) { watch.onChange(wake) }

    func close() { watch.close() }
}
