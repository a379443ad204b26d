/// What a transport hands requests to. The gateway is one; a benchmark's fixed answer is another.
public protocol RequestHandler: AnyObject, Sendable {
    /// Decides on the head alone, before any body is read.
    ///
    /// - Parameters:
    ///   - head: the request so far.
    ///   - reply: filled where the request is refused.
    /// - Returns: how the body is taken, if it is.
    func admit(_ head: borrowing RequestHead, reply: inout Reply) -> Admission

    /// Answers a request that was admitted, and whose body was collected.
    ///
    /// - Parameters:
    ///   - head: the same head.
    ///   - body: the whole body.
    ///   - reply: filled.
    func respond(to head: borrowing RequestHead, body: Span<UInt8>, reply: inout Reply)

    /// Answers a body that went on past the limit that ``admit(_:reply:)`` gave.
    func refuseBody(of head: borrowing RequestHead, reply: inout Reply)

    /// Answers a request on a connection that is one too many.
    func refuseConnection(reply: inout Reply)
}
