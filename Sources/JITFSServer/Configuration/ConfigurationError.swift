/// Why a server cannot be started as it was asked to, in a sentence for the operator.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The sentence, without a full stop.
    public let description: String

    /// Makes an error.
    public init(_ description: String) { self.description = description }
}
