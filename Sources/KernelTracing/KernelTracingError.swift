/// Why the running kernel can't be a source of events, in a sentence for the operator.
public struct KernelTracingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The sentence, without a full stop.
    public let description: String

    init(_ description: String) { self.description = description }
}
