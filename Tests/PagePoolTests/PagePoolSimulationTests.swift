internal import Bytes
internal import Glibc
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
        // The first is full most of the time, the second has no limit.
        let both = try [("a", 1400), ("b", 0)].map { name, limit in
            try pools.create(name: name, options: PagePoolOptions(disksizeBytes: 1 << 30, memLimitBytes: limit << 10))
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
        for pool in both {
            pool.checkInvariants()
            // Every way was gone: a simulation in which most puts are refused would show little.
            let statistics = pool.statistics
            #expect(statistics.puts > 30_000 && statistics.gets > 10_000, "SEED=\(seed)")
            #expect(statistics.pagesHugeEver > 1_000, "SEED=\(seed)")
            #expect((statistics.failedWrites > 1_000) == (pool.memLimitBytes > 0), "SEED=\(seed)")
        }
    }

    /// Dictionaries come, go and are replaced all the while, on the pools' own threads.
    @Test(arguments: [1, 4])
    func `two threads find what they put while dictionaries change and pages are packed again`(shards: Int) throws {
        let seed = Seed.next()
        var plan = DictionaryPool.plan
        plan.every = 4
        plan.familiesMax = 3
        plan.pagesMax = 300
        plan.countMax = 12
        let codec = ToyCodec()
        codec.extraBelow2.store(32, ordering: .relaxed)
        let pools = PagePools(
            codec: codec, limits: PagePoolLimits(), probe: nil, memory: SystemMemory(),
            plan: ShardPlan(countMax: shards, bytesEach: 32 << 10), dictionaryPlan: plan)
        let both = try [("a", 1400), ("b", 0)].map { name, limit in
            try pools.create(
                name: name,
                options: PagePoolOptions(disksizeBytes: 1 << 30, memLimitBytes: limit << 10, dictionary: .space))
        }
        let problems = Problems()
        let running = Atomic<Int>(2)
        var threads = Threads()
        for thread in 0..<2 as Range<UInt64> {
            threads.start {
                var model = PoolModel(pools: both, thread: thread, threads: 2, seed: seed &+ thread, isRelated: true)
                model.run(operations: 20_000, checkedEvery: 2_000, problems)
                running.subtract(1, ordering: .relaxed)
            }
        }
        var random = SeededGenerator(seed: seed ^ 1)
        while running.load(ordering: .relaxed) > 0 {
            let pool = both[Int(random.next() % 2)]
            switch random.next() % 16 {
            case 0: try pool.setDictionaryPolicy(.off)
            case 1: try pool.setDictionaryPolicy(.speed)
            case 2: try pool.setLevel(Int(random.next() % 3))
            case 3: pool.stopRecompressing()
            case 4..<8:
                do throws(Errno) {
                    try pool.recompress(RecompressionOrder(pagesMax: 200, level: 2, cpuPercent: 100))
                } catch {
                    #expect(error == .resourceBusy, "SEED=\(seed)")
                }
            default: try pool.setDictionaryPolicy(random.next() % 2 == 0 ? .space : .auto)
            }
            usleep(2_000)
        }
        threads.join()
        #expect(problems.list == [], "SEED=\(seed)")
        for pool in both {
            pool.checkInvariants()
            #expect(pool.statistics.pagesRecompressed > 0, "SEED=\(seed)")
            try pools.remove(pool)
            #expect(pool.held.count == 0, "SEED=\(seed)")
        }
    }

    @Test(arguments: [1, 4])
    func `settings change and pages are reset under the traffic of two threads`(shards: Int) throws {
        let seed = Seed.next()
        let pools = makePools(shards: shards)
        let pool = try pools.create(name: "a", options: PagePoolOptions(disksizeBytes: 1 << 20))
        let problems = Problems()
        let isOver = Atomic<Bool>(false)
        var threads = Threads()
        for thread in 0..<2 as Range<UInt64> {
            threads.start {
                var random = SeededGenerator(seed: seed &+ thread)
                var out = ByteBuffer()
                while !isOver.load(ordering: .relaxed) { Self.step(pool, &random, &out, problems) }
            }
        }
        var random = SeededGenerator(seed: seed ^ 1)
        for round in 0..<300 {
            do throws(Errno) {
                switch random.next() % 8 {
                case 0: try pool.reset()
                case 1: try pool.setLevel(round % 4)
                case 2: try pool.setMemLimit(0)
                case 3: try pool.setMemLimit(random.next() % (1 << 18))
                case 4: try pool.setDictionaryPolicy(round % 2 == 0 ? .space : .off)
                case 5: Self.restoreAnew(pool, problems)
                default: try pool.setDisksize((random.next() % 256 + 1) * 4096)
                }
            } catch {
                #expect(error == .resourceBusy, "SEED=\(seed)")
            }
            let limit = pool.memLimitBytes
            #expect(limit == 0 || pool.statistics.heldBytes <= limit, "SEED=\(seed)")
            if round % 100 == 0 { pool.checkInvariants() }
        }
        isOver.store(true, ordering: .relaxed)
        threads.join()
        #expect(problems.list == [], "SEED=\(seed)")
        pool.checkInvariants()
    }

    /// Gives a pool what it had a moment ago; the limit, or a device that is smaller by now, may be in the way.
    private static func restoreAnew(_ pool: PagePool, _ problems: Problems) {
        do {
            try TestSnapshot.restore(TestSnapshot.of(pool), into: pool)
        } catch RestoreFailure.refused(let errno) where errno == .noSpace || errno == .resourceBusy {
        } catch RestoreFailure.mistake(.beyondEnd) {
        } catch {
            problems.note("\(error)")
        }
    }

    /// Does one thing to a page, of which there are two versions: no other bytes may ever be got.
    private static func step(
        _ pool: PagePool, _ random: inout SeededGenerator, _ out: inout ByteBuffer, _ problems: Problems
    ) {
        let number = random.next() % 256
        let versions = [TestPage.of(Int(number) * 16, mark: number + 1), TestPage.repeating(number + 1)]
        do throws(Errno) {
            switch random.next() % 8 {
            case 0: try pool.discard(number)
            case 1..<4:
                out.removeAll()
                try pool.get(number, into: &out)
                if !versions.contains(out.array) { problems.note("\(number) has other bytes") }
            default:
                let version = versions[random.next() % 4 == 0 ? 1 : 0]
                try pool.put(number, version.span)
            }
        } catch {
            if ![.noData, .noSpace, .invalidArgument].contains(error) { problems.note("\(number): \(error)") }
        }
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
            switch UInt8.random(in: 0..<12, using: &random) {
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
                let pages = UInt64.random(in: 1...PoolModel.pages, using: &random)
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
            case 9..<11:
                // Out of the pool and into it again; where the limit has no room for both, everything stays.
                let snapshot = try TestSnapshot.of(pool)
                do throws(RestoreFailure) {
                    try TestSnapshot.restore(snapshot, into: pool)
                } catch {
                    #expect(error == .refused(.noSpace), "SEED=\(seed)")
                }
                do throws(Errno) { try pool.beginScrub() } catch { #expect(error == .resourceBusy, "SEED=\(seed)") }
            default: pool.forgetMemUsedMax()
            }
            pool.checkInvariants()
        }
        #expect(problems.list == [], "SEED=\(seed)")
    }
}
