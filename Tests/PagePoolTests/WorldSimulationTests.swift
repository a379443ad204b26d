internal import Glibc
internal import JITFSTestSupport
internal import Testing

@testable internal import PagePool

/// Everything a pool can do, at once and at random, beside a dictionary: what it was told to hold it holds, whatever its
/// backing store, its dictionaries, recompression, snapshots and limits do meanwhile, and whatever fails of them.
///
/// `SEED` replays a run; `OPERATIONS=1000000` makes it as long as that.
@Suite struct WorldSimulationTests {
    /// How many operations there are in all.
    private static let operations: Int = {
        guard let text = unsafe getenv("OPERATIONS"), let count = unsafe Int(String(cString: text)) else {
            return 120_000
        }
        return count
    }()

    @Test(arguments: [1, 4])
    func `a pool with all features at once holds what a dictionary would`(shards: Int) throws {
        let seed = Seed.next() &+ UInt64(shards)
        print("SEED=\(seed &- UInt64(shards)), \(shards) shards")
        var world = try PoolWorld(seed: seed, shards: shards)
        world.run(operations: Self.operations / 2, checkedEvery: 1_000)
        try world.end()
        #expect(world.problems == [], "SEED=\(seed &- UInt64(shards))")
        let deeds = world.deeds
        print(deeds)
        // Every way was gone.
        let comment: Comment = "SEED=\(seed &- UInt64(shards)) \(deeds)"
        let long = Self.operations / 2 / 10_000
        #expect(deeds.puts > 4_000 * long && deeds.refused > 10 * long, comment)
        #expect(deeds.spilled > 500 * long && deeds.promoted > 10 * long && deeds.moved > 0, comment)
        #expect(deeds.recompressed > 10 * long && deeds.trainings > long && deeds.adopted.count > 0, comment)
        #expect(deeds.snapshots > 0 && deeds.restores > 0 && deeds.resets > 0, comment)
        #expect(deeds.scrubs > 0 && deeds.storesChanged > 0 && deeds.failures > long, comment)
    }
}
