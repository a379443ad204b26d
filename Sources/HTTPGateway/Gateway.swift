internal import Bytes
public import PseudoFS
internal import SystemPackage

/// A request in, a reply out: what a path, a verb and a few headers mean to a tree of nodes.
///
/// ```swift
/// let gateway = Gateway(namespace: namespace)
/// if case .whole = gateway.admit(head, reply: &reply) {
///     gateway.respond(to: head, body: body.span, reply: &reply)
/// }
/// ```
///
/// Knows no path and no file system: everything follows from what the node at the end of the walk declares. Safe from
/// any thread, holds no lock, and never waits: what would wait comes back as ``Reply/stream``. The answer to a HEAD
/// is that of a GET; the transport sends its length and not its body.
public final class Gateway: RequestHandler {
    let namespace: Namespace
    let credentials: Credentials?
    let counters = GatewayCounters()
    let watchPoints: WatchPoints
    private let probe: (any GatewayProbe)?
    private let requests: RequestCounters
    private let clock: RequestClock
    private let bounds: GatewayBounds

    /// Opens a front on a tree.
    ///
    /// - Parameters:
    ///   - namespace: the tree.
    ///   - limits: how much may be taken.
    ///   - credentials: who may do what; nil lets everybody do everything.
    ///   - probe: hears of answers.
    ///   - lanes: how many threads will call: each of them counts for itself. More is safe.
    ///   - clock: what requests are timed by.
    public init(
        namespace: Namespace, limits: GatewayLimits = GatewayLimits(), credentials: Credentials? = nil,
        probe: (any GatewayProbe)? = nil, lanes: Int = 1, clock: RequestClock = .monotonic
    ) {
        self.namespace = namespace
        bounds = GatewayBounds(limits)
        watchPoints = WatchPoints(namespace, entryCountMax: limits.watchedEntries)
        self.credentials = credentials
        self.probe = probe
        self.clock = clock
        requests = RequestCounters(lanes: lanes)
    }

    /// How much a request, and all of them together, may take. What is set holds from the next request on; of the
    /// bytes that are buffered and collected, and the time to wait, it takes nothing.
    public var limits: GatewayLimits {
        get { bounds.limits }
        set { bounds.limits = newValue }
    }

    /// What has been refused, and what is held now.
    public var statistics: GatewayStatistics { counters.snapshot }

    /// What the node cache of its tree has done and holds.
    public var nodeStatistics: NodeStatistics { namespace.statistics }

    /// What became of the owners of its tree.
    public var ownerStatistics: OwnerStatistics { namespace.owners.statistics }

    /// How long requests took, and with which status they were answered. Costs some microseconds, and as many more as
    /// there are lanes.
    public var requestStatistics: RequestStatistics { requests.snapshot }

    /// Answers a request that was admitted. Never fails: what goes wrong is a problem in the reply.
    ///
    /// - Parameters:
    ///   - head: the same head as was admitted.
    ///   - body: the whole body.
    ///   - reply: filled; begun anew where something goes wrong.
    public func respond(to head: borrowing RequestHead, body: Span<UInt8>, reply: inout Reply) {
        let began = clock.now()
        var trail = Trail()
        do throws(Failure) {
            try answer(head, body: body, trail: &trail, reply: &reply)
        } catch {
            reply.refuse(head, error, trail: trail, retryAfterSeconds: limits.retryAfterSeconds)
        }
        requests.count(head, trail, status: reply.status, nanoseconds: clock.now() &- began)
        report(head, reply)
    }

    /// Answers a request, or throws what is to be said against it.
    func answer(
        _ head: borrowing RequestHead, body: Span<UInt8>, trail: inout Trail, reply: inout Reply
    ) throws(Failure) {
        let sent = head.target
        if head.method == .options, sent.count == 1, sent[0] == 0x2A { return answerForServer(&reply) }
        let measure = try Target.measure(sent)
        let path = sent.extracting(0..<measure.length)
        let query = sent.extracting(min(measure.length + 1, sent.count)..<sent.count)
        if measure.isPlain {
            let target = try Target(path: path, query: query, hasOddNames: measure.hasOddNames)
            try answer(head, at: target, body: body, trail: &trail, reply: &reply)
        } else {
            var decoded = ByteBuffer(capacity: path.count)
            try Target.decode(path, into: &decoded)
            let target = try Target(path: decoded.span, query: query, hasOddNames: true)
            try answer(head, at: target, body: body, trail: &trail, reply: &reply)
        }
    }

    private func answer(
        _ head: borrowing RequestHead, at target: borrowing Target, body: Span<UInt8>, trail: inout Trail,
        reply: inout Reply
    ) throws(Failure) {
        let method = head.method
        let access = access(of: head, at: target.path)
        var caller = Caller(
            lane: head.peer.lane, cpu: head.peer.cpu, authority: access.authority, connection: head.peer.connection)
        if method.isChange { try caller.nameTask(from: head) }
        let walk = try find(target, for: head, caller: &caller, isKnown: access.isKnown, trail: &trail)
        let declaration = walk.node.declaration
        if method == .options {
            note(declaration, &trail)
            try requireFile(declaration, target)
            return try answerOptions(
                verbs(of: walk, at: target.path, caller), declaration, target.query, reply: &reply)
        }
        let verb = try verb(of: method, on: declaration, target, &trail)
        let call = Call(
            verb: verb, query: try Query(target.query, for: declaration, verb: verb), caller: caller)
        if head.isInBatch { try requireFit(declaration, call) }
        switch verb {
        case .read: try show(walk.node, target, head, call, &trail, &reply)
        case .create: try create(in: walk, head, call, body: body, reply: &reply)
        case .remove where declaration.content == .device: try discardDevice(walk.node, head, &trail, &reply)
        case .remove: try remove(walk.node, head, call, reply: &reply)
        case .rename: try rename(walk.node, head, call, body: body, trail: &trail, reply: &reply)
        case .append where declaration.content == .exchange:
            try exchange(walk, head, call, body: body, trail: &trail, reply: &reply)
        case .append where declaration.content == .requests:
            try answerBatch(head, call, body: body, trail: &trail, reply: &reply)
        default: try write(walk, head, call, body: body, trail: &trail, reply: &reply)
        }
    }

    /// What a method asks of a node that was found.
    ///
    /// - Throws: ENOTDIR where its path ends as a directory's, ENOTSUP where the node cannot do that, EROFS where it is
    ///   not changed at all, though its like are.
    @inline(__always)
    func verb(
        of method: Method, on declaration: Declaration, _ target: borrowing Target, _ trail: inout Trail
    ) throws(Failure) -> Verbs {
        note(declaration, &trail)
        try requireFile(declaration, target)
        let isRename = method == .post && Query.names("rename", in: target.query)
        guard let verb = method.verb(on: declaration, isRename: isRename), declaration.verbs.contains(verb) else {
            if method.isChange, declaration.foreign == .readOnly {
                throw Failure(.readOnlyFileSystem, "it is shown, and not changed")
            }
            throw Failure(.notSupported, "the method is not one of those that Allow lists")
        }
        return verb
    }

    @inline(__always)
    private func note(_ declaration: Declaration, _ trail: inout Trail) {
        trail.verbs = declaration.verbs
        trail.isDirectory = declaration.isDirectory
        trail.contentIndex = declaration.contentIndex
    }

    @inline(__always)
    private func requireFile(_ declaration: Declaration, _ target: borrowing Target) throws(Failure) {
        if target.endsInSlash, !declaration.isDirectory {
            throw Failure(.notDirectory, "it is a file, and its path has a / at the end")
        }
    }

    /// Walks to the node, and requires that the caller may do there what is asked.
    ///
    /// Who may not even read learns nothing of what is there and what is not.
    func find(
        _ target: borrowing Target, for head: borrowing RequestHead, caller: inout Caller, isKnown: Bool,
        trail: inout Trail
    ) throws(Failure) -> Walk {
        let method = head.method
        let isChange = method.isChange
        do throws(Failure) {
            let walk = try namespace.walk(
                target.path, caller: caller, purpose: purpose(of: method, target), permits: permission(of: head))
            if walk.isElsewhere {
                // Through unions and links the role is checked on the real path.
                let path = walk.node.path
                caller.authority = access(of: head, at: path.span).authority
            }
            let declaration = walk.node.declaration
            let consumes = declaration.content == .stream && method == .get
            let required =
                isChange
                ? declaration.changeAuthority
                : consumes ? max(declaration.readAuthority, .write) : declaration.readAuthority
            if caller.authority < required, caller.authority < .read || !walk.node.isOwn(of: caller) {
                throw denied(required, isKnown: isKnown, trail: &trail)
            }
            return walk
        } catch {
            if caller.authority == .none, trail.status == nil, isKnown || credentials != nil {
                throw denied(.read, isKnown: isKnown, trail: &trail)
            }
            throw error
        }
    }

    @inline(__always)
    private func purpose(of method: Method, _ target: borrowing Target) -> Namespace.Purpose {
        switch method {
        case .get, .head, .options, .other: .look
        case .put: .change
        case .delete: .entry
        case .post: Query.names("rename", in: target.query) ? .entry : .create
        }
    }

    /// The time, by the clock of requests.
    func now() -> UInt64 { clock.now() }

    /// Counts a request whose body came in pieces, its reply being made unless it failed.
    func told(
        _ head: borrowing RequestHead, _ failure: Failure?, _ trail: Trail, nanoseconds: UInt64, _ reply: inout Reply
    ) {
        if let failure { reply.refuse(head, failure, trail: trail, retryAfterSeconds: limits.retryAfterSeconds) }
        requests.count(head, trail, status: reply.status, nanoseconds: nanoseconds)
        report(head, reply)
    }

    /// Writes the refusal of a request that is not answered otherwise: it has a status, and took no time.
    func refuse(_ head: borrowing RequestHead, _ failure: Failure, trail: Trail, reply: inout Reply) {
        reply.refuse(head, failure, trail: trail, retryAfterSeconds: limits.retryAfterSeconds)
        requests.count(status: reply.status, lane: head.peer.lane)
        report(head, reply)
    }

    private func report(_ head: borrowing RequestHead, _ reply: borrowing Reply) {
        guard let probe, probe.isEnabled else { return }
        let target = head.target
        let path = target.extracting(0..<(target.firstIndex(of: 0x3F) ?? target.count))
        probe.answered(method: head.method, status: reply.status, path: path, bytes: reply.body.count)
    }
}

/// What is asked of a node, checked.
struct Call: ~Copyable {
    /// In a shell's terms.
    let verb: Verbs
    /// With which parameters.
    let query: Query
    /// By whom.
    let caller: Caller
}
