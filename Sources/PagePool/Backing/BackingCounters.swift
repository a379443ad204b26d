internal import Locking

/// What a pool's backing store was asked for and what came of it. Counted once for a miss and some times for a cluster,
/// and kept where the store is changed.
final class BackingCounters: Sendable {
    private let numbers = Locked(BackingStatistics())

    /// What was counted.
    var now: BackingStatistics { numbers.withLock { $0 } }

    /// Adds to a count.
    func add(_ number: Int = 1, to count: WritableKeyPath<BackingStatistics, UInt64>) {
        numbers.withLock { $0[keyPath: count] += UInt64(number) }
    }

    /// Sets all to zero.
    func reset() { numbers.withLock { $0 = BackingStatistics() } }
}

/// What a pool's backing store holds and was asked for. What was counted goes on where another store is set.
public struct BackingStatistics: Sendable, Equatable {
    /// Reads of pages: one request each, of one block or, for a huge page, two.
    public var readRequests: UInt64 = 0
    /// Blocks of 4 KiB that were read, with those of clusters whose garbage was collected.
    public var blocksRead: UInt64 = 0
    /// Clusters of 64 KiB that were written: one request each.
    public var writeRequests: UInt64 = 0
    /// Reads that failed.
    public var readFailures: UInt64 = 0
    /// Clusters that could not be written.
    public var writeFailures: UInt64 = 0
    /// Pages that went out of memory.
    public var pagesSpilled: UInt64 = 0
    /// Pages that came back into memory.
    public var pagesPromoted: UInt64 = 0
    /// Pages that were moved from one cluster to another.
    public var pagesMoved: UInt64 = 0
    /// Clusters in use.
    public var clustersUsed: UInt64 = 0
    /// Clusters in all.
    public var clusters: UInt64 = 0
    /// Bytes that living objects take in them.
    public var liveBytes: UInt64 = 0
    /// Whether pages can be written at the moment, as far as is known.
    public var isWritable = true

    /// All zero.
    public init() {}
}
