/// What shards stored until a reset, kept until no lock is held: letting it go is a system call for each 2 MiB.
final class LeftStorage {
    /// One shard's.
    private final class Part {
        var storage: PoolShard.Storage
        init(memory: any PageMemory) { storage = PoolShard.Storage(memory: memory) }
    }

    private var parts: [Part]
    private var taken = 0

    /// Room for the storage of so many shards.
    init(_ count: Int, memory: any PageMemory) { parts = (0..<count).map { _ in Part(memory: memory) } }

    /// Takes a shard's storage and leaves it an empty one.
    func take(from shard: inout PoolShard) {
        shard.exchange(&parts[taken].storage)
        taken += 1
    }
}
