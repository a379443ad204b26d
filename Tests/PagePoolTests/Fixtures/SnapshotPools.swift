internal import Bytes
internal import SystemPackage

@testable internal import PagePool

/// Pools for snapshots: of the toy codec, with few pages.
struct SnapshotPools {
    let codec = ToyCodec()

    func makePool(
        disksize: UInt64 = 1 << 20, memLimit: UInt64 = 0, shards: Int = 1, memory: any PageMemory = SystemMemory()
    ) throws -> PagePool {
        let pools = PagePools(
            codec: codec, limits: PagePoolLimits(), probe: nil, memory: memory,
            plan: ShardPlan(countMax: shards, bytesEach: 32 << 10))
        return try pools.create(
            name: "a", options: PagePoolOptions(disksizeBytes: disksize, memLimitBytes: memLimit))
    }

    /// One page of each kind: compressed, huge, zeros in a row, a pattern, and one that needs an object.
    func putOneOfEach(_ pool: PagePool, mark: UInt64 = 1) throws {
        try pool.put(2, TestPage.of(100, mark: mark).span)
        try pool.put(3, TestPage.of(4096, mark: mark).span)
        for page in 10..<14 as Range<UInt64> { try pool.put(page, TestPage.repeating(0).span) }
        try pool.put(14, TestPage.repeating(mark).span)
        try pool.put(255, TestPage.repeating(9 << 60 | mark).span)
    }

    /// What has to be the same before and after a restore that is refused. Memory was held for it meanwhile: the most that
    /// ever was may be more.
    func told(_ pool: PagePool) -> PagePoolStatistics {
        var told = pool.statistics
        told.heldBytesMax = 0
        told.gets = 0
        return told
    }
}
