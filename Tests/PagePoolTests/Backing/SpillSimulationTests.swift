internal import Bytes
internal import Glibc
internal import JITFSTestSupport
internal import Locking
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

/// Random operations beside dictionaries, on a pool most of which is in a backing store that fails now and then.
@Suite struct SpillSimulationTests {
    private func makePool(shards: Int, clusters: Int) throws -> (PagePool, TestDevice) {
        let pools = PagePools(
            codec: ToyCodec(), limits: PagePoolLimits(), probe: nil, memory: SystemMemory(),
            plan: ShardPlan(countMax: shards, bytesEach: 32 << 10))
        let pool = try pools.create(
            name: "a", options: PagePoolOptions(disksizeBytes: 1 << 30, memLimitBytes: 900 << 10))
        let device = TestDevice(clusters: clusters)
        try pool.setBacking(device: device)
        return (pool, device)
    }

    /// Changes a setting, or has something written.
    private func disturb(_ pool: PagePool, _ device: TestDevice, _ random: inout SeededGenerator) throws(Errno) {
        switch random.next() % 14 {
        case 0: try pool.setSpillPolicy(.half)
        case 1: try pool.setSpillPolicy(.never)
        case 2, 3: try pool.setSpillPolicy(.pressure)
        case 4: try pool.markIdle()
        case 5: try pool.writeBack(.idle, waitsNanoseconds: 1_000_000_000)
        case 6: try pool.writeBack(.huge, waitsNanoseconds: 1_000_000_000)
        case 7: try pool.writeBack(.pages([0...(random.next() % 600)]), waitsNanoseconds: 1_000_000_000)
        case 8, 9: try pool.setMemLimit(UInt64.random(in: (400 << 10)...(2 << 20), using: &random))
        case 10:
            let writes = Int(random.next() % 8)
            device.state.withLock { state in
                state.writesLeft = writes
                state.blocksOfFailingWrite = writes * 2
                state.writeError = writes & 1 == 0 ? .ioError : .noSpace
            }
        case 11: pool.setWritebackLimit(blocks: random.next() % 400, isLimited: random.next() % 4 == 0)
        case 12:
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

    @Test(arguments: [(1, 400), (4, 60)])
    func `nothing is lost, whatever is set and whatever fails`(shards: Int, clusters: Int) throws {
        let seed = Seed.next()
        let (pool, device) = try makePool(shards: shards, clusters: clusters)
        let problems = Problems()
        let running = Atomic<Int>(2)
        var threads = Threads()
        for thread in 0..<2 as Range<UInt64> {
            threads.start {
                var model = PoolModel(pools: [pool], thread: thread, threads: 2, seed: seed &+ thread)
                model.forgivesReads = true
                for _ in 0..<10 { model.run(operations: 2_000, checkedEvery: 1_000, problems) }
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
                try disturb(pool, device, &random)
            } catch {
                #expect([.resourceBusy, .ioError, .noSpace].contains(error), "SEED=\(seed)")
            }
            usleep(2000)
        }
        device.state.withLock { state in
            state.writesLeft = nil
            state.readsLeft = nil
        }
        pool.setWritebackLimit(isLimited: false)
        try pool.setSpillPolicy(nil)
        running.store(-1, ordering: .releasing)
        threads.join()
        #expect(problems.list == [], "SEED=\(seed)")
        pool.checkInvariants()
        // Every way was gone.
        let backing = pool.backingStatistics
        #expect(backing.pagesSpilled > 1_000 && backing.readRequests > 100, "SEED=\(seed)")
        #expect(backing.writeFailures > 0, "SEED=\(seed)")
    }

    @Test func `pages are reset and stores changed under the traffic of two threads`() throws {
        let seed = Seed.next()
        let (pool, _) = try makePool(shards: 4, clusters: 40)
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
        for round in 0..<150 {
            do throws(Errno) {
                switch random.next() % 6 {
                case 0:
                    try pool.reset()
                    try pool.setBacking(device: random.next() % 2 == 0 ? nil : TestDevice(clusters: 40))
                case 1: try pool.setBacking(device: TestDevice(clusters: 8))
                case 2: try pool.reset()
                case 3: try pool.markIdle()
                default: try pool.writeBack(.pages([0...255]), waitsNanoseconds: 1_000_000_000)
                }
            } catch {
                #expect([.resourceBusy, .noSuchAddressOrDevice, .noSpace].contains(error), "SEED=\(seed) \(error)")
            }
            if round % 25 == 0 { pool.checkInvariants() }
            usleep(1000)
        }
        isOver.store(true, ordering: .relaxed)
        threads.join()
        #expect(problems.list == [], "SEED=\(seed)")
        pool.checkInvariants()
    }

    /// Does one thing to a page, of which there are two versions: no other bytes may ever be got.
    private static func step(
        _ pool: PagePool, _ random: inout SeededGenerator, _ out: inout ByteBuffer, _ problems: Problems
    ) {
        let number = random.next() % 256
        let versions = [TestPage.of(Int(number) * 16, mark: number + 1), TestPage.of(700, mark: number + 1)]
        do throws(Errno) {
            switch random.next() % 8 {
            case 0: try pool.discard(number)
            case 1..<4:
                out.removeAll()
                try pool.get(number, into: &out)
                // Nothing changed in a page that is not there makes zeros of it, which are given up only by the next write.
                if !versions.contains(out.array), out.array.contains(where: { $0 != 0 }) {
                    problems.note("\(number) has other bytes")
                }
            case 4:
                let none: [UInt8] = []
                try pool.modify(number, at: 0, none.span)
            default:
                let version = versions[random.next() % 4 == 0 ? 1 : 0]
                try pool.put(number, version.span)
            }
        } catch {
            if ![.noData, .noSpace].contains(error) { problems.note("\(number): \(error)") }
        }
    }
}
