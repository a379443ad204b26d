/// Hears of answers, where somebody listens: the tracepoint of a request.
///
/// An object, so that asking it after every answer counts one reference and copies nothing.
public protocol GatewayProbe: AnyObject, Sendable {
    /// Whether anybody listens: asked after every answer, so one relaxed load.
    var isEnabled: Bool { get }

    /// An answer is ready to be sent.
    ///
    /// - Parameters:
    ///   - method: of the request.
    ///   - status: of the answer.
    ///   - path: as it was sent, without the query.
    ///   - bytes: of the answer's body, as far as it is known.
    func answered(method: Method, status: UInt16, path: Span<UInt8>, bytes: Int)
}
