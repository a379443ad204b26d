internal import PseudoFS
internal import SystemPackage

extension Gateway {
    /// `OPTIONS *`: what some node or other can do.
    func answerForServer(_ reply: inout Reply) {
        reply.status = 204
        reply.addHeader("Allow", "GET, HEAD, PUT, POST, DELETE, OPTIONS")
        reply.addHeader("X-Content-Type-Options", "nosniff")
    }

    /// `OPTIONS` on a node: what it can do, truthfully.
    ///
    /// - Throws: EINVAL where parameters came: there are none.
    func answerOptions(
        _ verbs: Verbs, _ declaration: Declaration, _ query: Span<UInt8>, reply: inout Reply
    ) throws(Failure) {
        if !query.isEmpty { throw Failure(.invalidArgument, "OPTIONS takes no parameters") }
        reply.status = 204
        reply.addAllow(verbs, isDirectory: declaration.isDirectory)
        reply.addHeader("X-Content-Type-Options", "nosniff")
    }

    /// What can be done at a path: of what a link leads to all but to remove or rename it, for that is done to the link;
    /// of what a lower branch of a union has nothing but to read it.
    func verbs(of walk: borrowing Walk, at path: Span<UInt8>, _ caller: Caller) -> Verbs {
        let verbs = walk.node.declaration.verbs
        guard walk.isElsewhere else { return verbs }
        let entry: Verbs = [.remove, .rename]
        do throws(Failure) {
            let own = try namespace.walk(path, caller: caller, purpose: .entry).node.declaration.verbs
            return verbs.subtracting(entry).union(own.intersection(entry))
        } catch {
            return verbs.subtracting(.changes)
        }
    }
}
