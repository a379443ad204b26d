internal import Bytes
internal import JITFSTestSupport
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

/// Restores beside limits, scant memory, and others at work.
@Suite struct RestoreTests {
    private let pools = SnapshotPools()

    // MARK: limits

    @Test func `a limit without room for old and new refuses the restore, and a reset makes room`() throws {
        let source = try pools.makePool()
        for page in 0..<200 as Range<UInt64> { try source.put(page, TestPage.of(1500, mark: page).span) }
        let snapshot = try TestSnapshot.of(source)
        let target = try pools.makePool(memLimit: 500 << 10)
        for page in 0..<200 as Range<UInt64> { try target.put(page, TestPage.of(1500, mark: page + 1000).span) }
        let (before, pages) = (pools.told(target), try TestSnapshot.contents(target))
        #expect(throws: RestoreFailure.refused(.noSpace)) { try TestSnapshot.restore(snapshot, into: target) }
        #expect(pools.told(target) == before)
        #expect(target.statistics.heldBytesMax <= 500 << 10)
        #expect(try TestSnapshot.contents(target) == pages)
        target.checkInvariants()
        try target.reset()
        try TestSnapshot.restore(snapshot, into: target)
        #expect(try TestSnapshot.contents(target) == TestSnapshot.contents(source))
        target.checkInvariants()
    }

    @Test func `a restore in the middle counts as held, and the limit is kept by all together`() throws {
        let source = try pools.makePool()
        for page in 0..<100 as Range<UInt64> { try source.put(page, TestPage.of(3000, mark: page).span) }
        let snapshot = try TestSnapshot.of(source)
        let target = try pools.makePool(memLimit: 452 << 10)
        let restore = try PoolRestore(into: target)
        let most = Array(snapshot.dropLast(100))
        try restore.take(most.span)
        target.checkInvariants()
        let held = target.statistics.heldBytes
        #expect(held > 250_000)
        var refused = 0
        for page in 0..<100 as Range<UInt64> {
            do throws(Errno) { try target.put(page, TestPage.of(3000, mark: page).span) } catch { refused += 1 }
        }
        #expect(refused > 0)
        #expect(target.statistics.heldBytes <= 452 << 10)
        target.checkInvariants()
        restore.abandon()
        restore.abandon()
        #expect(target.statistics.heldBytes < 452 << 10 - 200_000)
        target.checkInvariants()
        for page in 0..<100 as Range<UInt64> { try target.put(page, TestPage.of(3000, mark: page).span) }
        target.checkInvariants()
    }

    @Test func `memory that runs out anywhere refuses the restore, and nothing else`() throws {
        let source = try pools.makePool()
        try pools.putOneOfEach(source)
        let snapshot = try TestSnapshot.of(source)
        let memory = ScantMemory()
        let target = try pools.makePool(memory: memory)
        try pools.putOneOfEach(target, mark: 7)
        let (before, pages) = (pools.told(target), try TestSnapshot.contents(target))
        var granted = 0
        while true {
            memory.mappingsLeft.store(granted, ordering: .relaxed)
            var failure: RestoreFailure?
            do throws(RestoreFailure) { try TestSnapshot.restore(snapshot, into: target) } catch { failure = error }
            memory.mappingsLeft.store(.max, ordering: .relaxed)
            if failure == nil { break }
            #expect(failure == .refused(.noMemory))
            #expect(pools.told(target) == before)
            #expect(try TestSnapshot.contents(target) == pages)
            target.checkInvariants()
            granted += 1
        }
        #expect(granted > 3)
        #expect(try TestSnapshot.contents(target) == TestSnapshot.contents(source))
    }

    // MARK: at the same time

    @Test func `one restore at a time, and the next one after it`() throws {
        let target = try pools.makePool()
        let snapshot = try TestSnapshot.of(target)
        let first = try PoolRestore(into: target)
        #expect(throws: RestoreFailure.refused(.resourceBusy)) { try TestSnapshot.restore(snapshot, into: target) }
        try first.take(snapshot.span)
        try first.finish()
        let second = try PoolRestore(into: target)
        #expect(throws: RestoreFailure.mistake(.truncated)) { try second.finish() }
        try TestSnapshot.restore(snapshot, into: target)
    }

    @Test func `what is put while a restore is under way goes with the old pages`() throws {
        let source = try pools.makePool()
        try pools.putOneOfEach(source)
        let target = try pools.makePool()
        let restore = try PoolRestore(into: target)
        let snapshot = try TestSnapshot.of(source)
        try restore.take(snapshot.span)
        try target.put(100, TestPage.of(50).span)
        #expect(try PagePoolTests.get(target, 100) == TestPage.of(50))
        try restore.finish()
        #expect(try TestSnapshot.contents(target) == TestSnapshot.contents(source))
        target.checkInvariants()
    }

    @Test func `a device that became too small meanwhile refuses the end, and a pool that went`() throws {
        let source = try pools.makePool()
        try pools.putOneOfEach(source)
        let snapshot = try TestSnapshot.of(source)
        let target = try pools.makePool()
        try target.put(1, TestPage.of(50).span)
        let restore = try PoolRestore(into: target)
        try restore.take(snapshot.span)
        try target.setDisksize(255 * 4096)
        #expect(throws: RestoreFailure.refused(.resourceBusy)) { try restore.finish() }
        #expect(try TestSnapshot.contents(target) == [1: TestPage.of(50)])
        target.checkInvariants()
        try target.setDisksize(1 << 20)
        let late = try PoolRestore(into: target)
        try late.take(snapshot.span)
        target.close()
        #expect(throws: RestoreFailure.refused(.operationNotSupportedByDevice)) { try late.finish() }
        #expect(target.statistics.heldBytes == 0)
        #expect(throws: Errno.operationNotSupportedByDevice) { _ = try TestSnapshot.of(target) }
    }

    /// Gets two pages one after the other; where no restore began meanwhile, the second is not older than the first.
    private static func look(
        at pool: PagePool, _ version: borrowing Atomic<UInt64>, _ random: inout SeededGenerator, _ problems: Problems
    ) {
        let before = version.load(ordering: .sequentiallyConsistent)
        var areNew: [Bool] = []
        var out = ByteBuffer()
        for _ in 0..<2 {
            out.removeAll()
            do throws(Errno) { try pool.get(random.next() % 400 * 512, into: &out) } catch { return }
            areNew.append(out.array == TestPage.of(300, mark: before % 2 + 1))
        }
        guard version.load(ordering: .sequentiallyConsistent) == before else { return }
        if areNew[0], !areNew[1] { problems.note("new, and then old") }
    }

    @Test func `nobody sees new pages and then old ones`() throws {
        let seed = Seed.next()
        let target = try pools.makePool(disksize: 1 << 32, shards: 4)
        let snapshots = try (1...2 as ClosedRange<UInt64>).map { version in
            let pool = try pools.makePool(disksize: 1 << 32, shards: 4)
            for page in 0..<400 as Range<UInt64> { try pool.put(page * 512, TestPage.of(300, mark: version).span) }
            return try TestSnapshot.of(pool)
        }
        let problems = Problems()
        let version = Atomic<UInt64>(0)
        let isOver = Atomic<Bool>(false)
        var threads = Threads()
        for thread in 0..<2 as Range<UInt64> {
            threads.start {
                var random = SeededGenerator(seed: seed &+ thread)
                while !isOver.load(ordering: .relaxed) { Self.look(at: target, version, &random, problems) }
            }
        }
        for round in 0..<40 as Range<UInt64> {
            version.store(round, ordering: .sequentiallyConsistent)
            try TestSnapshot.restore(snapshots[Int(round % 2)], into: target)
        }
        isOver.store(true, ordering: .relaxed)
        threads.join()
        #expect(problems.list == [], "SEED=\(seed)")
        target.checkInvariants()
    }
}
