/// What a replay found out.
public struct ReplayReport: Sendable {
    /// What the recording says of itself; nil where nothing was read.
    public var header: RecordingHeader?
    /// What was recorded.
    public var traffic: TrafficSummary
    /// What came of it, for each allocator and policy of the plan.
    public var outcomes: [ReplayOutcome]
}

/// What one allocator and one policy made of a recording.
public struct ReplayOutcome: Sendable, Equatable {
    /// The allocator.
    public let allocator: ReplayPlan.Allocator
    /// The policy.
    public let policy: ReplayPlan.Policy
    /// Bytes that could be held; nil for as many as it took.
    public let memLimitBytes: UInt64?
    /// Bytes held at the end: pages of objects with their slack, table, and the cluster that is gathered.
    public var heldBytes = 0
    /// Compressed bytes of the objects in memory at the end: what an allocator without any loss would hold.
    public var idealBytes = 0
    /// The most bytes that were held.
    public var heldBytesMax = 0
    /// ``idealBytes`` at that moment.
    public var idealBytesAtMax = 0
    /// Gets of pages in memory, and of those that repeat a word.
    public var hits: UInt64 = 0
    /// Gets of pages on the disk.
    public var misses: UInt64 = 0
    /// Objects that went to the disk.
    public var spills: UInt64 = 0
    /// Requests that read, a block of 4 KiB each.
    public var diskReads: UInt64 = 0
    /// Bytes read.
    public var diskReadBytes: UInt64 = 0
    /// Requests that wrote, a cluster of 64 KiB each.
    public var diskWrites: UInt64 = 0
    /// Bytes written.
    public var diskWriteBytes: UInt64 = 0
    /// Bytes of the disk in use at the end.
    public var diskBytes = 0
    /// The most bytes of the disk that were in use.
    public var diskBytesMax = 0
    /// What was held over time: 32 to 64 samples, fewer for a short recording.
    public var samples: [ReplaySample] = []

    init(allocator: ReplayPlan.Allocator, policy: ReplayPlan.Policy, memLimitBytes: UInt64?) {
        self.allocator = allocator
        self.policy = policy
        self.memLimitBytes = memLimitBytes
    }
}

/// What was held at one moment.
public struct ReplaySample: Sendable, Equatable {
    /// Operations up to then.
    public let operations: UInt64
    /// When it was, by the recording's clock.
    public let time: UInt64
    /// Bytes held.
    public let heldBytes: Int
    /// Compressed bytes of the objects in memory.
    public let idealBytes: Int
    /// Bytes of the disk in use.
    public let diskBytes: Int
}
