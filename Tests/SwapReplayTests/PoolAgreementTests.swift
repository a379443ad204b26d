internal import Bytes
internal import JITFSTestSupport
internal import SystemPackage
internal import Testing

@testable internal import PagePool
@testable internal import SwapReplay

/// The model of our own stacks beside the pool itself.
@Suite struct PoolAgreementTests {
    private func makePool(shards: ShardPlan) throws -> PagePool {
        let pools = PagePools(
            codec: LengthCodec(), limits: PagePoolLimits(), probe: nil, memory: SystemMemory(), plan: shards)
        return try pools.create(name: "b", options: PagePoolOptions(disksizeBytes: 16 << 30))
    }

    /// Dense pages at first, then some far apart.
    private func page(_ traffic: inout SeededTraffic) -> Int {
        let isFar = traffic.number(below: 8) == 0
        return isFar ? traffic.number(below: 12) << 18 + traffic.number(below: 3) << 9 : traffic.number(below: 6000)
    }

    private func same(_ operation: TrafficOperation, in pool: PagePool) throws {
        switch operation.kind {
        case .put: try pool.put(operation.page, LengthCodec.page(Int(operation.storedBytes)).span)
        case .discard: try pool.discard(operation.page)
        case .get, .spill: break
        }
    }

    @Test func `one shard of a pool holds what the model of stacks says, to the page`() throws {
        let seed = Seed.next()
        var traffic = SeededTraffic(seed: seed)
        let pool = try makePool(shards: ShardPlan(countMax: 1, bytesEach: .max))
        var replay = Replay(ReplayPlan())
        let steps = 40_000
        for step in 0..<steps {
            let isPut = traffic.number(below: steps) > (step < steps / 2 ? 0 : step)
            let length = traffic.number(below: 50) == 0 ? 0 : max(traffic.length(), 2)
            let operation = traffic.operation(isPut ? .put : .discard, page: page(&traffic), length: isPut ? length : 0)
            try same(operation, in: pool)
            replay.happened(operation)
            if step % 7 != 0 { continue }
            let outcome = replay.report().outcomes[0]
            let statistics = pool.statistics
            guard outcome.heldBytes == statistics.heldBytes, outcome.idealBytes == statistics.storedBytes else {
                Issue.record("step \(step): \(outcome.heldBytes) bytes and not \(statistics.heldBytes), SEED=\(seed)")
                return
            }
        }
        #expect(pool.statistics.pagesStored > 100, "SEED=\(seed)")
        let report = replay.report()
        #expect(report.traffic.pagesStored == Int(pool.statistics.pagesStored), "SEED=\(seed)")
        #expect(report.outcomes[0].heldBytesMax == pool.statistics.heldBytesMax, "SEED=\(seed)")
        // Down to the last page, with which everything goes.
        while let page = pool.nextStored(from: 0) {
            try pool.discard(page)
            replay.happened(traffic.operation(.discard, page: Int(page), length: 0))
            let held = replay.report().outcomes[0].heldBytes
            guard held == pool.statistics.heldBytes else {
                Issue.record("\(held) bytes and not \(pool.statistics.heldBytes), SEED=\(seed)")
                return
            }
        }
        let last = replay.report().outcomes[0].heldBytes
        #expect(last == 0)
        replay.checkInvariants()
    }

    /// Each further shard has tails and slack of its own: half a page and a page for each class, and a node.
    @Test func `more shards hold more than the model, by as much as is documented`() throws {
        let seed = Seed.next()
        var traffic = SeededTraffic(seed: seed)
        let pool = try makePool(shards: ShardPlan(countMax: 4, bytesEach: 1 << 20))
        var replay = Replay(ReplayPlan())
        for _ in 0..<20_000 {
            let operation = traffic.operation(.put, page: page(&traffic), length: max(traffic.length(), 2))
            try same(operation, in: pool)
            replay.happened(operation)
        }
        let model = replay.report().outcomes[0].heldBytes
        let held = Int(pool.statistics.heldBytes)
        #expect(held >= model - 257 * 2 * 4096, "SEED=\(seed)")
        #expect(held <= model + 3 * 257 * 2 * 4096, "SEED=\(seed)")
    }
}
