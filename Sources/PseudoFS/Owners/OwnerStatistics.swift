/// What became of the owners of a registry.
public struct OwnerStatistics: Sendable, Equatable {
    /// Nothing yet.
    public init() {}

    /// Owners now.
    public var live = 0
    /// Owners made since the start.
    public var made: UInt64 = 0
    /// Those that were released.
    public var released: UInt64 = 0
    /// Those whose lease ran out.
    public var expired: UInt64 = 0
    /// Those that would have been one too many.
    public var refused: UInt64 = 0
}
