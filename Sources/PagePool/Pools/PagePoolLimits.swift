/// What the pools of a process may take.
public struct PagePoolLimits: Sendable, Equatable {
    /// How many pools there may be at once.
    public var poolsMax: Int
    /// How many pages there may be in all records of one batch.
    public var batchPagesMax: Int

    /// Describes limits.
    public init(poolsMax: Int = 256, batchPagesMax: Int = 1024) {
        self.poolsMax = poolsMax
        self.batchPagesMax = batchPagesMax
    }
}
