internal import Locking

/// A shard behind its lock, with two lines of cache at each end: shards are made one behind the other, and each is
/// written to at every operation.
final class LockedShard: Sendable {
    private let before = InlineArray<16, UInt64>(repeating: 0)
    /// The shard.
    let state: Locked<PoolShard>
    private let behind = InlineArray<16, UInt64>(repeating: 0)

    init(_ shard: consuming sending PoolShard) { state = Locked(shard) }
}
