internal import Bytes
internal import Locking
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

/// What becomes of a pool whose backing store fails: it refuses what does not fit, and loses nothing that it took.
@Suite struct SpillFaultTests {
    private static let wait: UInt64 = 60_000_000_000

    /// A system that gives no thread when told so.
    private final class ScantThreads: PageMemory {
        let isScant = Locked(false)
        func permits(mapping bytes: Int) -> Bool { true }
        func permitsThread() -> Bool { !isScant.withLock { $0 } }
    }

    /// What the operator was told.
    private final class Log: Sendable {
        private let state = Locked<[String]>([])
        var lines: [String] { state.withLock { $0 } }
        func note(_ line: String) { state.withLock { $0.append(line) } }
    }

    private let codec = ToyCodec()
    private let memory = ScantThreads()
    private let log = Log()

    private func makePool(limit: Int = 0, clusters: Int = 64) throws -> (PagePool, TestDevice) {
        let pools = PagePools(
            codec: codec, limits: PagePoolLimits(), probe: nil, memory: memory, report: { [log] in log.note($0) })
        let pool = try pools.create(
            name: "b", options: PagePoolOptions(disksizeBytes: 1 << 30, memLimitBytes: UInt64(limit)))
        let device = TestDevice(clusters: clusters)
        try pool.setBacking(device: device)
        return (pool, device)
    }

    /// Puts pages, every third over an old one, until one is refused; `kept` is what was taken.
    private func fill(_ pool: PagePool, _ numbers: Range<UInt64>, _ kept: inout [UInt64: [UInt8]]) -> Errno? {
        for step in numbers {
            let number = step % 3 == 2 ? step / 2 : step
            let page = TestPage.of(300 + Int(step * 37 % 2_500), mark: step + 1)
            do throws(Errno) {
                try pool.put(number, page.span)
                kept[number] = page
            } catch {
                return error
            }
        }
        return nil
    }

    private func check(_ pool: PagePool, _ kept: [UInt64: [UInt8]]) throws {
        pool.checkInvariants()
        #expect(pool.statistics.pagesStored == UInt64(kept.count))
        for (number, page) in kept { #expect(try PagePoolTests.get(pool, number) == page) }
        pool.checkInvariants()
    }

    @Test(arguments: [(Errno.ioError, 0), (.noSpace, 0), (.ioError, 7), (.noSpace, 16)])
    func `the first, second, third… write fails, wholly or in part, and nothing is lost`(
        _ error: Errno, _ blocks: Int
    ) throws {
        for writes in 0..<12 {
            let (pool, device) = try makePool(limit: 768 << 10, clusters: 160)
            var kept: [UInt64: [UInt8]] = [:]
            device.state.withLock { state in
                state.writesLeft = writes
                state.writeError = error
                state.blocksOfFailingWrite = blocks
            }
            #expect(fill(pool, 0..<3_000, &kept) == .noSpace)
            #expect(pool.statistics.failedWrites == 1)
            #expect(pool.backingStatistics.writeFailures > 0)
            #expect(!pool.backingStatistics.isWritable)
            try check(pool, kept)
            // Again and again, and the operator is told once; and once that it works again.
            for _ in 0..<20 { _ = fill(pool, 5_000..<5_100, &kept) }
            #expect(log.lines.count == 1 + 3 * writes)
            #expect(log.lines.last?.contains("cannot be written") == true)
            #expect(throws: error) { try pool.writeBack(.pages([0...9_999]), waitsNanoseconds: Self.wait) }
            try check(pool, kept)
            // And when it works again, it goes on.
            device.state.withLock { $0.writesLeft = nil }
            try pool.setSpillPolicy(nil)
            #expect(fill(pool, 0..<2_000, &kept) == nil)
            try check(pool, kept)
            log.note("next")
        }
    }

    @Test func `a read that fails is EIO, counted, and the page stays`() throws {
        let (pool, device) = try makePool()
        let page = TestPage.of(1000)
        try pool.put(3, page.span)
        try pool.writeBack(.pages([3...3]), waitsNanoseconds: Self.wait)
        device.state.withLock { $0.readsLeft = 0 }
        #expect(throws: Errno.ioError) { try PagePoolTests.get(pool, 3) }
        #expect(throws: Errno.ioError) { try pool.modify(3, at: 0, page.span.extracting(0..<1)) }
        var batch = TestBatch()
        batch.get(3, 1)
        #expect(try batch.send(to: pool)[0].errno == .ioError)
        #expect(pool.statistics.failedReads == 3 && pool.statistics.gets == 0)
        #expect(pool.backingStatistics.readFailures == 3)
        // The operator is told once.
        #expect(log.lines == ["pool b: the backing store test cannot be read: \(Errno.ioError)"])
        // One that is put anew needs no read.
        device.state.withLock { $0.readsLeft = nil }
        #expect(try PagePoolTests.get(pool, 3) == page)
        pool.checkInvariants()
    }

    @Test func `a damaged block is a bad message, and the other pages are what they were`() throws {
        let (pool, device) = try makePool()
        try pool.setSpillPolicy(.never)
        for number in 0..<30 as Range<UInt64> { try pool.put(number, TestPage.of(1000, mark: number).span) }
        for number in 30..<34 as Range<UInt64> { try pool.put(number, TestPage.of(4096, mark: number).span) }
        try pool.writeBack(.pages([0...33]), waitsNanoseconds: Self.wait)
        device.state.withLock { state in
            guard let block = state.blocks.keys.sorted().dropFirst(7).first else { return }
            state.blocks[block]?[40] ^= 4
        }
        var bad = 0
        for number in 0..<34 as Range<UInt64> {
            let page = TestPage.of(number < 30 ? 1000 : 4096, mark: number)
            do throws(Errno) {
                var out = ByteBuffer()
                try pool.get(number, into: &out)
                #expect(out.array == page)
            } catch {
                #expect(error == .badMessage)
                bad += 1
            }
        }
        #expect(bad == 1 && pool.statistics.failedReads == 1)
        // Given back to the file system by somebody, or never written: zeros are nobody's page, not even page 0's.
        device.state.withLock { $0.blocks = [:] }
        for number in [0, 5, 33] as [UInt64] {
            #expect(throws: Errno.badMessage) { try PagePoolTests.get(pool, number) }
        }
        pool.checkInvariants()
    }

    @Test func `without a thread pages stay in memory, and what does not fit is refused`() throws {
        memory.isScant.withLock { $0 = true }
        let (pool, _) = try makePool(limit: 768 << 10)
        var kept: [UInt64: [UInt8]] = [:]
        #expect(fill(pool, 0..<3_000, &kept) == .noSpace)
        #expect(throws: Errno.noMemory) { try pool.writeBack(.huge, waitsNanoseconds: Self.wait) }
        #expect(log.lines.count == 1 && log.lines[0].contains("thread"))
        try check(pool, kept)
        memory.isScant.withLock { $0 = false }
        try pool.setSpillPolicy(nil)
        #expect(fill(pool, 0..<3_000, &kept) == nil)
        try check(pool, kept)
    }

    @Test func `a codec that fails while pages go out changes nothing`() throws {
        let (pool, _) = try makePool(limit: 768 << 10)
        var kept: [UInt64: [UInt8]] = [:]
        for round in 0..<20 as Range<UInt64> {
            codec.callsLeft.store(Int(round) * 9, ordering: .relaxed)
            let error = fill(pool, (round * 100)..<(round * 100 + 200), &kept)
            #expect(error == .ioError || error == .noMemory)
            codec.callsLeft.store(.max, ordering: .relaxed)
        }
        try check(pool, kept)
    }

    @Test func `a full backing store refuses, and takes more when something was given up`() throws {
        let (pool, _) = try makePool(limit: 512 << 10, clusters: 8)
        var kept: [UInt64: [UInt8]] = [:]
        #expect(fill(pool, 0..<3_000, &kept) == .noSpace)
        #expect(log.lines.last?.contains("is full") == true)
        try check(pool, kept)
        for number in kept.keys.sorted().prefix(300) {
            try pool.discard(number)
            kept[number] = nil
        }
        #expect(fill(pool, 9_000..<9_100, &kept) == nil)
        try check(pool, kept)
    }

    /// Two such objects do not share a block, so that a cluster is never filled by half, and copying one frees nothing.
    @Test(arguments: [2_100, 4_090])
    func `a store full of pages that share no block refuses, and does not write them anew for ever`(length: Int) throws
    {
        let (pool, device) = try makePool(limit: 512 << 10, clusters: 16)
        var kept: [UInt64: [UInt8]] = [:]
        var refused = 0
        for number in 0..<600 as Range<UInt64> {
            let page = TestPage.of(length, mark: number + 1)
            do throws(Errno) {
                try pool.put(number, page.span)
                kept[number] = page
            } catch {
                #expect(error == .noSpace)
                refused += 1
            }
        }
        #expect(refused > 100)
        #expect(pool.backingTrouble == "is full")
        #expect(pool.backingStatistics.clustersUsed == 15)
        // Whoever is refused costs no write.
        let writes = device.state.withLock { $0.writes }
        #expect(writes < 100)
        for number in 600..<700 as Range<UInt64> {
            #expect(throws: Errno.noSpace) { try pool.put(number, TestPage.of(length, mark: number).span) }
        }
        #expect(device.state.withLock { $0.writes } == writes)
        try check(pool, kept)
        for number in kept.keys.sorted().prefix(60) {
            try pool.discard(number)
            kept[number] = nil
        }
        for number in 700..<740 as Range<UInt64> {
            let page = TestPage.of(length, mark: number)
            try pool.put(number, page.span)
            kept[number] = page
        }
        try check(pool, kept)
    }

    @Test func `clusters that cannot be read are not collected, and lose nothing`() throws {
        let (pool, device) = try makePool(clusters: 8)
        try pool.setSpillPolicy(.never)
        var kept: [UInt64: [UInt8]] = [:]
        device.state.withLock { $0.readsLeft = 0 }
        var refused = 0
        for round in 0..<30 as Range<UInt64> {
            for number in (round * 20)..<(round * 20 + 60) {
                kept[number % 200] = TestPage.of(900, mark: number + 1)
                try pool.put(number % 200, TestPage.of(900, mark: number + 1).span)
            }
            do throws(Errno) {
                try pool.writeBack(.pages([0...199]), waitsNanoseconds: Self.wait)
            } catch {
                #expect(error == .noSpace)
                refused += 1
            }
        }
        #expect(refused > 0 && pool.backingStatistics.readFailures > 0)
        device.state.withLock { $0.readsLeft = nil }
        try check(pool, kept)
    }
}
