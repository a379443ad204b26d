internal import Bytes

/// What the pool's thread has at hand while it writes: buffers, and what it found.
final class SpillBench: @unchecked Sendable {
    // Sendable: used by the pool's thread alone.

    /// A page that may go, with the bytes of its object.
    struct Candidate {
        let page: UInt64
        let payload: Int
    }

    /// Pages of memory that the buffers take.
    static let pages = 2 * ClusterShape.bytes / PagePool.pageBytes

    /// The cluster that is being made.
    var builder = ClusterBuilder()
    /// A cluster whose garbage is collected.
    let source = AlignedBuffer(count: ClusterShape.bytes)
    /// What is to go into the next cluster.
    var candidates: [Candidate] = []
    /// What did not fit into the last one.
    var left: [Candidate] = []
    /// An object on its way from memory to the cluster.
    var object = ByteBuffer(capacity: PagePool.pageBytes + 64)
    /// Where the clock stands, in each shard.
    var hands: [UInt64] = []
    /// The shard whose turn it is.
    var shard = 0
    /// Entries passed since the last one that could go.
    var passed = 0
    /// Clusters written one after the other that only moved what was there, and left no more of them free.
    var fruitless = 0
}
