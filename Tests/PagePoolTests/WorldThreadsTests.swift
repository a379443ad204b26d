internal import Bytes
internal import Glibc
internal import JITFSTestSupport
internal import Locking
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

/// All features of a pool at once, under two threads and with the pool's own.
@Suite struct WorldThreadsTests {
    private func makePool(shards: Int) throws -> (PagePools, PagePool, TestDevice) {
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
        let pool = try pools.create(
            name: "t",
            options: PagePoolOptions(disksizeBytes: 1 << 30, memLimitBytes: 1 << 20, dictionary: .space))
        let device = TestDevice(clusters: 80)
        try pool.setBacking(device: device)
        return (pools, pool, device)
    }

    /// Changes what is not to change any page.
    private static func disturb(
        _ pools: PagePools, _ pool: PagePool, _ device: TestDevice, _ random: inout SeededGenerator,
        _ problems: Problems
    ) throws(Errno) {
        switch random.next() % 24 {
        case 0: try pool.setSpillPolicy(.half)
        case 1: try pool.setSpillPolicy(.never)
        case 2, 3: try pool.setSpillPolicy(nil)
        case 4: try pool.markIdle()
        case 5: try pool.writeBack(.idle, waitsNanoseconds: 1_000_000_000)
        case 6: try pool.writeBack(.pages([0...(random.next() % 600)]), waitsNanoseconds: 1_000_000_000)
        case 7, 8: try pool.setMemLimit(UInt64.random(in: (500 << 10)...(2 << 20), using: &random))
        case 9: try pool.setDictionaryPolicy(.off)
        case 10, 11: try pool.setDictionaryPolicy(random.next() % 2 == 0 ? .space : .auto)
        case 12: try pool.setLevel(Int(random.next() % 3))
        case 13...15: try pool.recompress(RecompressionOrder(pagesMax: 200, level: 2, cpuPercent: 100))
        case 16: try pool.beginScrub()
        case 17: pool.endScrub()
        case 18: copy(pools, pool, problems)
        case 19:
            let writes = Int(random.next() % 8)
            device.state.withLock { $0.writesLeft = writes }
        case 20:
            let reads = Int(random.next() % 8)
            device.state.withLock { $0.readsLeft = reads }
        default:
            device.state.withLock { state in
                state.writesLeft = nil
                state.readsLeft = nil
            }
            try pool.setMemLimit(2 << 20)
        }
    }

    /// Takes a snapshot into another pool; then one without its end into this one, which is refused.
    private static func copy(_ pools: PagePools, _ pool: PagePool, _ problems: Problems) {
        let (bytes, errno) = TestSnapshot.begun(of: pool)
        if let errno {
            if errno != .ioError { problems.note("snapshot: \(errno)") }
            return
        }
        do {
            let other = try pools.create(name: "o", options: PagePoolOptions(disksizeBytes: 1 << 30))
            try TestSnapshot.restore(bytes, into: other)
            other.checkInvariants()
            try pools.remove(other)
            if other.held.count != 0 { problems.note("pages of another pool are held") }
        } catch {
            problems.note("restore: \(error)")
        }
        do throws(RestoreFailure) {
            try TestSnapshot.restore(Array(bytes.dropLast()), into: pool)
            problems.note("half a snapshot was restored")
        } catch {
            if error != .mistake(.truncated), error != .refused(.noSpace) { problems.note("half a snapshot: \(error)") }
        }
    }

    @Test(arguments: [1, 4])
    func `two threads find what they put, whatever the pool does meanwhile`(shards: Int) throws {
        let seed = Seed.next()
        let (pools, pool, device) = try makePool(shards: shards)
        let problems = Problems()
        let running = Atomic<Int>(2)
        var threads = Threads()
        for thread in 0..<2 as Range<UInt64> {
            threads.start {
                var model = PoolModel(pools: [pool], thread: thread, threads: 2, seed: seed &+ thread, isRelated: true)
                model.forgivesReads = true
                for _ in 0..<8 { model.run(operations: 1_500, checkedEvery: 750, problems) }
                running.subtract(1, ordering: .releasing)
                // To the end without faults: then every page is there.
                while running.load(ordering: .acquiring) >= 0 { usleep(1000) }
                model.forgivesReads = false
                model.run(operations: 200, checkedEvery: 100, problems)
            }
        }
        var random = SeededGenerator(seed: seed ^ 1)
        while running.load(ordering: .acquiring) > 0 {
            do throws(Errno) {
                try Self.disturb(pools, pool, device, &random, problems)
            } catch {
                #expect([.resourceBusy, .ioError, .noSpace].contains(error), "SEED=\(seed)")
            }
            usleep(1000)
        }
        device.state.withLock { state in
            state.writesLeft = nil
            state.readsLeft = nil
        }
        try pool.setSpillPolicy(nil)
        try? pool.setMemLimit(2 << 20)
        running.store(-1, ordering: .releasing)
        threads.join()
        #expect(problems.list == [], "SEED=\(seed)")
        pool.checkInvariants()
        #expect(pool.backingStatistics.pagesSpilled > 500, "SEED=\(seed)")
        #expect(pool.dictionaryReport.trainings > 0 && pool.statistics.pagesRecompressed > 0, "SEED=\(seed)")
        try pools.remove(pool)
        #expect(pool.held.count == 0, "SEED=\(seed)")
    }

    /// A page has some versions, each with all its bytes: no others may ever be got, and a restore brings back old ones.
    @Test(arguments: [1, 4])
    func `pages are reset, restored and moved to other stores under the traffic of two threads`(shards: Int) throws {
        let seed = Seed.next()
        let (pools, pool, _) = try makePool(shards: shards)
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
        var snapshot = try TestSnapshot.of(pool)
        for round in 0..<200 {
            do throws(Errno) {
                switch random.next() % 12 {
                case 0:
                    try pool.reset()
                    try pool.setBacking(device: TestDevice(clusters: 8 + round % 40))
                case 1: try pool.reset()
                case 2: try pool.markIdle()
                case 3: try pool.setMemLimit(UInt64.random(in: (300 << 10)...(2 << 20), using: &random))
                case 4: try pool.setDictionaryPolicy(round % 3 == 0 ? .off : .space)
                case 5: try pool.recompress(RecompressionOrder(level: 2, cpuPercent: 100))
                case 6: snapshot = try TestSnapshot.of(pool)
                case 7, 8:
                    do throws(RestoreFailure) {
                        try TestSnapshot.restore(snapshot, into: pool)
                    } catch {
                        if error != .refused(.noSpace) { problems.note("restore: \(error)") }
                    }
                case 9: try pool.beginScrub()
                default: try pool.writeBack(.pages([0...255]), waitsNanoseconds: 1_000_000_000)
                }
            } catch {
                #expect(
                    [.resourceBusy, .noSuchAddressOrDevice, .noSpace].contains(error), "SEED=\(seed) \(error)")
            }
            if round % 25 == 0 { pool.checkInvariants() }
            usleep(1000)
        }
        // The end comes while both are at it.
        pool.checkInvariants()
        try pools.remove(pool)
        isOver.store(true, ordering: .relaxed)
        threads.join()
        #expect(problems.list == [], "SEED=\(seed)")
        #expect(pool.held.count == 0, "SEED=\(seed)")
    }

    private static func step(
        _ pool: PagePool, _ random: inout SeededGenerator, _ out: inout ByteBuffer, _ problems: Problems
    ) {
        let number = random.next() % 256
        let versions = [
            TestPage.of(3_900, mark: number + 1), TestPage.related(2_500, mark: number + 1),
            TestPage.related(900, mark: number + 7), TestPage.repeating(number + 1),
        ]
        let version = versions[Int(random.next() % 4)]
        do throws(Errno) {
            switch random.next() % 8 {
            case 0: try pool.discard(number)
            case 1..<4:
                out.removeAll()
                try pool.get(number, into: &out)
                if !versions.contains(out.array) { problems.note("\(number) has other bytes") }
            case 4: try pool.modify(number, at: 0, version.span)
            default: try pool.put(number, version.span)
            }
        } catch {
            if ![.noData, .noSpace, .operationNotSupportedByDevice].contains(error) {
                problems.note("\(number): \(error)")
            }
        }
    }
}
