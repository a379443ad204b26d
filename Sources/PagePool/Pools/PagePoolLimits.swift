/// What the pools of a process may take.
public struct PagePoolLimits: Sendable, Equatable {
    /// How many pools there may be at once.
    public var poolsMax: Int

    /// Describes limits.
    public init(poolsMax: Int = 256) { self.poolsMax = poolsMax }
}
