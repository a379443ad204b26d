/// What a request's head came to, before any of its body is read.
public enum Admission: Sendable {
    /// The body is collected, so many bytes at most, and comes with the request. Nobody looked at the path yet.
    case whole(bytesMax: Int)
    /// The body is handed over as it comes: all there was to be said against the request would have been said.
    case pieces(any BodyReceiver)
    /// The reply is a refusal.
    case refused
}

/// What takes a body as it comes, and answers.
///
/// One thread at a time uses it. It ends with ``finish(_:reply:)`` or ``abandon()``, exactly one of them, once.
public protocol BodyReceiver: AnyObject, Sendable {
    /// Takes what comes next.
    ///
    /// - Returns: whether to go on; false where the rest can change nothing any more, and the answer is there.
    func take(_ piece: Span<UInt8>) -> Bool

    /// Answers: after the last piece, or after one that was the last to be wanted.
    ///
    /// - Parameters:
    ///   - head: the head that was admitted.
    ///   - reply: filled.
    func finish(_ head: borrowing RequestHead, reply: inout Reply)

    /// Lets go, for nobody is there to be answered.
    func abandon()
}
