internal import Bytes
internal import PseudoFS

extension Reply {
    /// Begins the reply anew, as the refusal of a request.
    ///
    /// - Parameters:
    ///   - head: the request: its `Accept` chooses between a problem and a line, its target is the path shown.
    ///   - failure: what was wrong.
    ///   - trail: what was known by then.
    ///   - retryAfterSeconds: what a 503 says.
    mutating func refuse(
        _ head: borrowing RequestHead, _ failure: Failure, trail: Trail, retryAfterSeconds: Int
    ) {
        reset()
        status = trail.status ?? failure.status
        closes = trail.closes
        addHeader("X-Content-Type-Options", "nosniff")
        if status == 204 { return }
        let problem = Problem(failure: failure, status: status)
        addHeader("Vary", "Accept")
        if Accept(head.value(.accept)).wantsOnlyText {
            addHeader("Content-Type", "text/plain; charset=utf-8")
            problem.appendText(to: &body)
        } else {
            addHeader("Content-Type", "application/problem+json")
            problem.appendJSON(to: &body, target: head.target)
        }
        switch status {
        case 401: addHeader("WWW-Authenticate", "Bearer")
        case 405: if let verbs = trail.verbs { addAllow(verbs, isDirectory: trail.isDirectory) }
        case 416:
            if let size = trail.size { addHeader("Content-Range", writing: { $0.appendContentRange(nil, of: size) }) }
        case 503:
            var seconds = ByteBuffer()
            seconds.append(decimal: retryAfterSeconds)
            addHeader("Retry-After", seconds.span)
        default: break
        }
    }

    /// Adds what can be done to a node.
    mutating func addAllow(_ verbs: Verbs, isDirectory: Bool) {
        var methods = ByteBuffer()
        if verbs.contains(.read) { methods.append("GET, HEAD, ") }
        if verbs.contains(.write) { methods.append("PUT, ") }
        if verbs.contains(isDirectory ? .create : .append) || verbs.contains(.rename) { methods.append("POST, ") }
        if verbs.contains(.remove) { methods.append("DELETE, ") }
        methods.append("OPTIONS")
        addHeader("Allow", methods.span)
    }
}
