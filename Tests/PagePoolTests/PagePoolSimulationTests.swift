internal import Bytes
internal import JITFSTestSupport
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

/// Random operations beside dictionaries: whatever is done, the pool holds what a dictionary would.
@Suite struct PagePoolSimulationTests {
    /// Pools that get another shard with each 32 KiB they hold.
    private func makePools(shards: Int) -> PagePools {
        PagePools(
            codec: ToyCodec(), limits: PagePoolLimits(), probe: nil, memory: SystemMemory(),
            plan: ShardPlan(countMax: shards, bytesEach: 32 << 10))
    }

    @Test(arguments: [1, 4])
    func `two pools under two threads hold what dictionaries would`(shards: Int) throws {
        let seed = Seed.next()
        let pools = makePools(shards: shards)
        let both = try ["a", "b"].map {
            try pools.create(name: $0, options: PagePoolOptions(disksizeBytes: 1 << 30, memLimitBytes: 600 << 10))
        }
        let problems = Problems()
        var threads = Threads()
        for thread in 0..<2 as Range<UInt64> {
            threads.start {
                var model = PoolModel(pools: both, thread: thread, threads: 2, seed: seed &+ thread)
                model.run(operations: 100_000, checkedEvery: 10_000, problems)
            }
        }
        threads.join()
        #expect(problems.list == [], "SEED=\(seed)")
        for pool in both { pool.checkInvariants() }
    }

    @Test(arguments: [1, 4])
    func `settings may change between operations, and nothing is lost`(shards: Int) throws {
        let seed = Seed.next()
        let pools = makePools(shards: shards)
        let pool = try pools.create(name: "a", options: PagePoolOptions(disksizeBytes: 1 << 30))
        let problems = Problems()
        var model = PoolModel(pools: [pool], thread: 0, threads: 1, seed: seed)
        var random = SeededGenerator(seed: seed ^ 1)
        for _ in 0..<120 {
            model.run(operations: 50, checkedEvery: 50, problems)
            let held = pool.statistics.heldBytes
            switch UInt8.random(in: 0..<10, using: &random) {
            case 0..<4:
                let limit = UInt64.random(in: 1...(held + 400_000), using: &random)
                do throws(Errno) {
                    try pool.setMemLimit(limit)
                    #expect(pool.statistics.heldBytes <= pool.memLimitBytes, "SEED=\(seed)")
                } catch {
                    #expect(error == .resourceBusy && pool.statistics.heldBytes > limit, "SEED=\(seed)")
                }
            case 4..<6: try pool.setMemLimit(0)
            case 6..<8:
                let pages = UInt64.random(in: 1...PoolModel.pagesOfBatches, using: &random)
                let isFree = pool.nextStored(from: pages) == nil
                do throws(Errno) {
                    try pool.setDisksize(pages * 4096)
                    #expect(isFree, "SEED=\(seed)")
                } catch {
                    #expect(error == .resourceBusy && !isFree, "SEED=\(seed)")
                }
                try pool.setDisksize(1 << 30)
            case 8:
                try pool.reset()
                model.forgetAll()
            default: pool.forgetMemUsedMax()
            }
            pool.checkInvariants()
        }
        #expect(problems.list == [], "SEED=\(seed)")
    }
}
