internal import Bytes
internal import PseudoFS
internal import SystemPackage

/// A write that was opened, and how its end is told.
struct Intake {
    /// What takes the bytes.
    let file: any OpenWrite
    /// How many there is room for.
    let room: UInt64
    /// Where they go.
    let node: Node
    /// The form of the answer; nil where there is nothing to be said but that it was done.
    let form: Form?
}

extension Gateway {
    /// Begins to take a body as it comes, where the node takes it so.
    ///
    /// - Parameters:
    ///   - head: the request, its framing checked.
    ///   - announced: bytes of the body; nil where it comes in chunks.
    ///   - trail: what is known by then.
    /// - Returns: what takes it; nil where the body is to be collected; what would be said against the request is said then.
    /// - Throws: all there is to be said against the request before its body is there.
    func receive(
        _ head: borrowing RequestHead, announced: Int?, _ trail: inout Trail
    ) throws(Failure) -> (any BodyReceiver)? {
        let sent = head.target
        let length = try Target.measure(sent).length
        var path = ByteBuffer(capacity: length)
        try Target.decode(sent.extracting(0..<length), into: &path)
        let query = sent.extracting(min(length + 1, sent.count)..<sent.count)
        let target = try Target(path: path.span, query: query, hasOddNames: true)
        let access = access(of: head, at: target.path)
        var caller = Caller(
            lane: head.peer.lane, cpu: head.peer.cpu, authority: access.authority, connection: head.peer.connection)
        // A body that is too long to be collected is told what is wrong with its path, and not with its length.
        let isTooLong = announced ?? 0 > limits.bodyBytes
        guard isTooLong || takesAsItComes(target, caller) else { return nil }
        let walk = try find(target, for: head, caller: &caller, isKnown: access.isKnown, trail: &trail)
        let declaration = walk.node.declaration
        guard declaration.takesAsItComes else { return nil }
        try caller.nameTask(from: head)
        let verb = try verb(of: head.method, on: declaration, target, &trail)
        let call = Call(verb: verb, query: try Query(target.query, for: declaration, verb: verb), caller: caller)
        try walk.admitWrite()
        let intake = try open(walk, head, call, announced: announced.map { UInt64($0) }, &trail)
        return ReceivedBody(intake, pin: namespace.pin(walk.node), gateway: self, trail: trail)
    }

    private func takesAsItComes(_ target: borrowing Target, _ caller: Caller) -> Bool {
        do throws(Failure) {
            return try namespace.walk(target.path, caller: caller, purpose: .change).node.declaration.takesAsItComes
        } catch {
            return false
        }
    }

    /// Opens a node for a write that is taken as it comes.
    ///
    /// - Parameters:
    ///   - walk: to the node.
    ///   - head: the request.
    ///   - call: the same, checked.
    ///   - announced: how many bytes will come, where that is known.
    ///   - trail: what is known by then.
    /// - Returns: the write, to be ended by whoever called.
    /// - Throws: what preconditions, ranges and the node have against it.
    func open(
        _ walk: borrowing Walk, _ head: borrowing RequestHead, _ call: borrowing Call, announced: UInt64?,
        _ trail: inout Trail
    ) throws(Failure) -> Intake {
        let node = walk.node
        try requireNoIfNoneMatch(of: head)
        try requireNoTags(of: head)
        if node.declaration.content == .device {
            let (file, room) = try openDevice(node, head, announced: announced, &trail)
            return Intake(file: file, room: room, node: node, form: nil)
        }
        let form = try chooseAnswer(call.query, node.declaration, head, &trail)
        if head.has(.contentRange) {
            throw Failure(.invalidArgument, "this file is written whole, without Content-Range")
        }
        let file = try node.openWrite(
            WriteRequest(appends: call.verb == .append, arguments: call.query.arguments, caller: call.caller))
        return Intake(file: file, room: .max, node: node, form: form)
    }

    /// Says that a write is done.
    func answer(_ intake: Intake, written: UInt64, _ reply: inout Reply) {
        guard let form = intake.form else {
            reply.status = 204
            return reply.addHeader("X-Content-Type-Options", "nosniff")
        }
        reply.addHeaders(of: form)
        append(written: written, to: intake.node, form, &reply)
    }
}

/// A body on its way into a node.
private final class ReceivedBody: BodyReceiver, @unchecked Sendable {
    // Sendable: one thread at a time uses it, the one that its connection belongs to.
    private let intake: Intake
    private let gateway: Gateway
    /// Keeps the node in the cache, as a stream does.
    private let pin: NodePin
    private var trail: Trail
    private var written: UInt64 = 0
    private var failure: Failure?
    /// What was spent in here: the client's own time is not the request's.
    private var nanoseconds: UInt64 = 0

    init(_ intake: Intake, pin: NodePin, gateway: Gateway, trail: Trail) {
        self.intake = intake
        self.pin = pin
        self.gateway = gateway
        self.trail = trail
    }

    func take(_ piece: Span<UInt8>) -> Bool {
        let began = gateway.now()
        defer { nanoseconds &+= gateway.now() &- began }
        do throws(Failure) {
            guard UInt64(piece.count) <= intake.room - written else { throw gateway.beyondEnd(&trail) }
            try intake.file.write(piece)
            written += UInt64(piece.count)
            return true
        } catch {
            intake.file.abandon()
            failure = error
            return false
        }
    }

    func finish(_ head: borrowing RequestHead, reply: inout Reply) {
        let began = gateway.now()
        if failure == nil {
            do throws(Failure) { try intake.file.finish() } catch { failure = error }
        }
        // What was taken before it failed stays written.
        gateway.namespace.changed(intake.node)
        if failure == nil { gateway.answer(intake, written: written, &reply) }
        nanoseconds &+= gateway.now() &- began
        gateway.told(head, failure, trail, nanoseconds: nanoseconds, &reply)
    }

    func abandon() {
        if failure == nil { intake.file.abandon() }
        gateway.namespace.changed(intake.node)
    }
}
