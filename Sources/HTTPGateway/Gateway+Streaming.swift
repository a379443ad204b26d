internal import Bytes
internal import PseudoFS
internal import SystemPackage

extension Gateway {
    /// GET of a document or a stream: opened, and read as far as one answer goes.
    ///
    /// HEAD opens nothing that would consume: it promises a stream and ends it.
    func showOpened(
        _ node: Node, _ form: Form, _ head: borrowing RequestHead, _ call: borrowing Call, _ reply: inout Reply
    ) throws(Failure) {
        let isStream = node.declaration.content == .stream
        if isStream, head.method == .head {
            reply.stream = StreamBody(NothingMore())
            reply.addHeader("Cache-Control", "no-store")
            return reply.addHeaders(of: form)
        }
        // What a stream gives is gone once it is read: the place must be sure before.
        let slot = isStream ? try StreamSlot(in: self) : nil
        let file = try node.open(
            ReadRequest(
                form: form, arguments: call.query.arguments, int64AsString: call.query.int64AsString,
                caller: call.caller))
        if head.method == .head, let length = file.length {
            file.close()
            reply.length = length
            return reply.addHeaders(of: form)
        }
        try send(file, form, from: node, call, slot: slot, &reply)
    }

    /// GET with `?watch`: what the file shows, and whenever it shows something else; a directory's entries, and which come
    /// and go.
    ///
    /// HEAD watches nothing: it promises a stream and ends it.
    func watch(
        _ node: Node, _ head: borrowing RequestHead, _ call: borrowing Call, _ trail: inout Trail,
        _ reply: inout Reply
    ) throws(Failure) {
        try requireNoTags(of: head)
        guard Accept(head.value(.accept)).takes("text/event-stream", isText: true) else {
            throw trail.refusing(Failure(.invalidArgument, "there is only text/event-stream"), with: 406)
        }
        reply.addHeaders("Content-Type\0text/event-stream\0Cache-Control\0no-store\0X-Content-Type-Options\0nosniff\0")
        if head.method == .head {
            reply.stream = StreamBody(NothingMore())
            return
        }
        let slot = try StreamSlot(in: self)
        let file: WatchStream
        do throws(Failure) {
            file = try WatchStream(
                node, in: watchPoints, as: Look(caller: call.caller, permits: permission(of: head)),
                int64AsString: call.query.int64AsString, timeoutSeconds: call.query.watchSeconds)
        } catch {
            if error.errno == .fileTooLarge { counters.watchesRefused.count() }
            throw error
        }
        if file.read(into: &reply.body, limit: limits.bufferedBytes) == .end || file.timeoutSeconds == 0 {
            return file.close()
        }
        try hold(file, of: node, slot: slot, &reply)
    }

    /// Sends an open file: whole where it ends within the first bytes, as a stream where it does not.
    ///
    /// - Parameters:
    ///   - file: closed here, or by whoever takes the stream.
    ///   - form: the form it was opened in.
    ///   - node: kept while the stream is open.
    ///   - call: whether the JSON is to be indented.
    ///   - slot: the place among the streams, where it was taken before.
    ///   - reply: filled.
    /// - Throws: EMFILE where there are too many streams; why the file ended before its time, where it did in what would
    ///   have been sent whole.
    func send(
        _ file: any OpenFile, _ form: Form, from node: Node, _ call: borrowing Call, slot: StreamSlot?,
        _ reply: inout Reply
    ) throws(Failure) {
        let file: any OpenFile = call.query.isPretty ? IndentedFile(file) : file
        reply.addHeaders(of: form)
        if node.declaration.content == .stream { reply.addHeader("Cache-Control", "no-store") }
        var step = ReadStep.more
        while step == .more, reply.body.count < limits.bufferedBytes {
            step = file.read(into: &reply.body, limit: limits.bufferedBytes - reply.body.count)
        }
        if step == .wouldBlock, file.timeoutSeconds == 0 {
            if reply.body.isEmpty { reply.status = 204 }
            step = .end
        }
        if step == .end {
            file.close()
            if let failure = file.failure { throw failure }
            return
        }
        try hold(file, of: node, slot: slot, &reply)
    }

    /// Makes a stream of an open file, and keeps its node meanwhile.
    private func hold(
        _ file: any OpenFile, of node: Node, slot: StreamSlot?, _ reply: inout Reply
    ) throws(Failure) {
        do throws(Failure) {
            let slot = if let slot { slot } else { try StreamSlot(in: self) }
            slot.hold(namespace.pin(node))
            reply.length = file.length
            reply.stream = StreamBody(file) { slot.release() }
        } catch {
            file.close()
            throw error
        }
    }
}

/// A file with nothing in it: what a HEAD promises and never reads.
final class NothingMore: OpenFile {
    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep { .end }
    func close() {}
}
