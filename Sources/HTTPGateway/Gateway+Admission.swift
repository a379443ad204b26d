internal import Bytes
internal import PseudoFS
internal import SystemPackage

extension Gateway {
    /// Decides on the head alone: framing, the rules against browsers, a token for changes, the length of the body; and
    /// where that is long, unknown or not sent yet, whether the node takes it as it comes.
    ///
    /// - Returns: how the body is taken: none of it for methods that have none.
    public func admit(_ head: borrowing RequestHead, reply: inout Reply) -> Admission {
        var trail = Trail()
        do throws(Failure) {
            let announced = try checkFraming(head, &trail)
            try checkOrigin(head)
            try checkToken(head, &trail)
            return try admitBody(of: head, announced: announced, &trail)
        } catch {
            refuse(head, error, trail: trail, reply: &reply)
            return .refused
        }
    }

    private func checkFraming(_ head: borrowing RequestHead, _ trail: inout Trail) throws(Failure) -> Int? {
        do throws(Failure) {
            if head.count(.host) > 1 { throw Failure(.invalidArgument, "Host comes twice") }
            return try Framing.announced(head)
        } catch {
            counters.framingsRefused.count()
            trail.closes = true
            throw error
        }
    }

    private func checkOrigin(_ head: borrowing RequestHead) throws(Failure) {
        if !HostRule.allows(head) {
            counters.hostsRefused.count()
            throw Failure(.permissionDenied, "Host must name this machine: localhost, 127.0.0.1 or [::1]")
        }
        if !HostRule.isOurOwn(head) {
            counters.originsRefused.count()
            throw Failure(.permissionDenied, "requests on behalf of another site are refused")
        }
    }

    /// Headers that decide come once; a change without a valid token is refused before its body is read. What reading
    /// needs, the node decides.
    private func checkToken(_ head: borrowing RequestHead, _ trail: inout Trail) throws(Failure) {
        guard head.count(.authorization) <= 1, head.count(.ifMatch) <= 1, head.count(.ifNoneMatch) <= 1 else {
            throw Failure(.invalidArgument, "Authorization, If-Match and If-None-Match come once at most")
        }
        guard head.method.isChange else { return }
        let access = access(of: head, at: head.target)
        if !access.isKnown { throw denied(.write, isKnown: false, trail: &trail) }
    }

    private func admitBody(
        of head: borrowing RequestHead, announced: Int?, _ trail: inout Trail
    ) throws(Failure) -> Admission {
        switch head.method {
        case .get, .head, .delete, .options:
            if announced != 0 {
                trail.closes = true
                throw Failure(.invalidArgument, "this method has no body")
            }
            return .whole(bytesMax: 0)
        case .put, .post, .other:
            if announced == nil || announced ?? 0 > limits.collectedBytes || head.has(.expect), announced != 0 {
                if let body = try receive(head, announced: announced, &trail) { return .pieces(body) }
            }
            if let announced, announced > limits.bodyBytes {
                trail.closes = true
                throw bodyTooLarge()
            }
            return .whole(bytesMax: limits.bodyBytes)
        }
    }

    private func bodyTooLarge() -> Failure {
        counters.bodiesRefused.count()
        return Failure(.fileTooLarge, "a body has at most \(limits.bodyBytes) bytes")
    }

    /// Answers a body that went on past its limit: 413 EFBIG, or 400 EINVAL where the method has none.
    public func refuseBody(of head: borrowing RequestHead, reply: inout Reply) {
        var trail = Trail()
        trail.closes = true
        switch head.method {
        case .put, .post, .other: refuse(head, bodyTooLarge(), trail: trail, reply: &reply)
        default: refuse(head, Failure(.invalidArgument, "this method has no body"), trail: trail, reply: &reply)
        }
    }

    /// Answers on a connection that is one too many: 503 EMFILE, and the connection is closed.
    public func refuseConnection(reply: inout Reply) {
        counters.connectionsRefused.count()
        var trail = Trail()
        trail.closes = true
        let head = RequestHead()
        refuse(head, Failure(.tooManyOpenFiles, "too many connections"), trail: trail, reply: &reply)
    }
}
