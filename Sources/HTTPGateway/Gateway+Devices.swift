internal import Bytes
internal import PseudoFS
internal import SystemPackage

extension Gateway {
    /// Up to here a range is sent in one piece; what is longer is read while it is sent.
    private static var pieceBytesMax: UInt64 { 1 << 20 }

    /// GET and HEAD of a device: the range that was asked for, or all of it.
    ///
    /// - Throws: as 416, EINVAL for a range that the device has nothing of, and for several at once.
    func showDevice(
        _ node: Node, _ form: Form, _ head: borrowing RequestHead, _ call: borrowing Call, _ trail: inout Trail,
        _ reply: inout Reply
    ) throws(Failure) {
        if form == .json { return try showKnowledge(of: node, call, &reply) }
        let size = try node.size()
        reply.addHeader("Accept-Ranges", "bytes")
        reply.addHeaders(of: form)
        if head.method == .head {
            reply.length = size
            return
        }
        let asked = head.count(.range) > 1 ? .several : ByteRange(head.value(.range))
        guard let range = asked.within(size) else { throw unsatisfiable(asked, size, &trail) }
        if asked != .whole {
            reply.status = 206
            reply.addHeader("Content-Range") { $0.appendContentRange(range, of: size) }
        }
        let length = range.upperBound - range.lowerBound
        let file = try node.open(range)
        guard length > Self.pieceBytesMax else {
            while file.read(into: &reply.body, limit: Int(length) - reply.body.count) != .end {}
            file.close()
            if reply.body.count == length { return }
            throw file.failure ?? Failure(.operationNotSupportedByDevice, "it went while it was read")
        }
        reply.length = length
        do throws(Failure) {
            let slot = try StreamSlot(in: self)
            slot.hold(namespace.pin(node))
            reply.stream = StreamBody(file) { slot.release() }
        } catch {
            file.close()
            throw error
        }
    }

    /// Begins a write to a device, from where `Content-Range` says, or from the beginning.
    ///
    /// - Returns: what takes the bytes, and how many there is room for.
    /// - Throws: EINVAL for a Content-Range that is none; as 416 for what begins past the end, or is known to go on past
    ///   it; what the device reports.
    func openDevice(
        _ node: Node, _ head: borrowing RequestHead, announced: UInt64?, _ trail: inout Trail
    ) throws(Failure) -> (file: any OpenWrite, room: UInt64) {
        var start: UInt64 = 0
        if head.has(.contentRange) {
            guard head.count(.contentRange) == 1, let first = ByteRange.start(ofContent: head.value(.contentRange))
            else { throw Failure(.invalidArgument, "Content-Range is bytes FIRST-LAST/SIZE, the size may be *") }
            start = first
        }
        let size = try node.size()
        // Where the length comes last, so may the refusal.
        trail.size = size
        guard start <= size, announced ?? 0 <= size - start else { throw beyondEnd(&trail) }
        return (try node.openWrite(at: start), size - start)
    }

    /// The refusal of what is written past the end of a device.
    func beyondEnd(_ trail: inout Trail) -> Failure {
        unsatisfiable(.span(first: 0, last: nil), trail.size ?? 0, &trail)
    }

    /// DELETE on a device: gives up the range, which reads as zeros then.
    ///
    /// - Throws: EINVAL without a range; as 416 for one that the device has nothing of, and for several at once.
    func discardDevice(
        _ node: Node, _ head: borrowing RequestHead, _ trail: inout Trail, _ reply: inout Reply
    ) throws(Failure) {
        try requireNoIfNoneMatch(of: head)
        try requireNoTags(of: head)
        let asked = head.count(.range) > 1 ? .several : ByteRange(head.value(.range))
        if asked == .whole { throw Failure(.invalidArgument, "what is discarded is named by Range: bytes=FIRST-LAST") }
        let size = try node.size()
        guard let range = asked.within(size) else { throw unsatisfiable(asked, size, &trail) }
        try node.discard(range)
        namespace.changed(node)
        reply.status = 204
        reply.addHeader("X-Content-Type-Options", "nosniff")
    }

    private func unsatisfiable(_ asked: ByteRange, _ size: UInt64, _ trail: inout Trail) -> Failure {
        trail.size = size
        let reason = asked == .several ? "one range at a time" : "the device has \(size) bytes"
        return trail.refusing(Failure(.invalidArgument, reason), with: 416)
    }
}
