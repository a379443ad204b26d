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
        _ declaration: Declaration, _ query: Span<UInt8>, reply: inout Reply
    ) throws(Failure) {
        if !query.isEmpty { throw Failure(.invalidArgument, "OPTIONS takes no parameters") }
        reply.status = 204
        reply.addAllow(declaration.verbs, isDirectory: declaration.isDirectory)
        reply.addHeader("X-Content-Type-Options", "nosniff")
    }
}
