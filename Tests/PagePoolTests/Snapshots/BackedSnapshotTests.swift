internal import Bytes
internal import Glibc
internal import Locking
internal import SystemPackage
internal import Testing

@testable internal import PagePool

/// Snapshots, restores and scrubs of pools whose pages are in a backing store, too.
@Suite struct BackedSnapshotTests {
    private let pools = SnapshotPools()

    private func makePool(limit: Int = 0, pages: Range<UInt64> = 0..<300) throws -> (PagePool, TestDevice) {
        let pool = try pools.makePool(disksize: 1 << 30, memLimit: UInt64(limit))
        let device = TestDevice(clusters: 64)
        try pool.setBacking(device: device)
        for page in pages { try pool.put(page, TestPage.of(1000, mark: page).span) }
        return (pool, device)
    }

    /// Has every second page written out.
    private func spill(_ pool: PagePool, _ pages: Range<UInt64> = 0..<300) throws {
        let odd = pages.filter { $0 % 2 == 1 }.map { $0...$0 }
        try pool.writeBack(.pages(odd), waitsNanoseconds: 60_000_000_000)
        #expect(pool.statistics.pagesOnDisk == UInt64(odd.count))
    }

    private func scrub(_ pool: PagePool) throws -> ScrubReport {
        try pool.beginScrub()
        for _ in 0..<2000 where pool.scrubReport.state == .running { usleep(5000) }
        return pool.scrubReport
    }

    @Test func `a snapshot has the pages of both, and leaves each where it is`() throws {
        let (pool, _) = try makePool()
        try spill(pool)
        let snapshot = try TestSnapshot.of(pool)
        #expect(pool.statistics.pagesOnDisk == 150 && pool.statistics.gets == 0)
        let target = try pools.makePool(disksize: 1 << 30)
        try TestSnapshot.restore(snapshot, into: target)
        #expect(try TestSnapshot.contents(target) == TestSnapshot.contents(pool))
        target.checkInvariants()
        pool.checkInvariants()
    }

    @Test func `a restore has what it replaces forgotten in the backing store, and a refused one nothing`() throws {
        let (pool, _) = try makePool()
        try spill(pool)
        let source = try pools.makePool()
        try pools.putOneOfEach(source)
        let snapshot = try TestSnapshot.of(source)
        let live = pool.backingStatistics.liveBytes
        #expect(throws: RestoreFailure.mistake(.truncated)) {
            try TestSnapshot.restore(Array(snapshot.dropLast()), into: pool)
        }
        #expect(pool.statistics.pagesOnDisk == 150 && pool.backingStatistics.liveBytes == live)
        pool.checkInvariants()
        try TestSnapshot.restore(snapshot, into: pool)
        #expect(pool.statistics.pagesOnDisk == 0 && pool.backingStatistics.liveBytes == 0)
        #expect(try TestSnapshot.contents(pool) == TestSnapshot.contents(source))
        pool.checkInvariants()
        // What came goes there, too.
        try pool.writeBack(.huge, waitsNanoseconds: 60_000_000_000)
        #expect(pool.statistics.pagesOnDisk == 1)
        pool.checkInvariants()
    }

    @Test func `old pages go to the backing store for the new ones to have room`() throws {
        let (pool, _) = try makePool(limit: 1 << 20, pages: 0..<900)
        let source = try pools.makePool(disksize: 1 << 30)
        for page in 0..<500 as Range<UInt64> { try source.put(page, TestPage.of(1200, mark: page + 9).span) }
        try TestSnapshot.restore(TestSnapshot.of(source), into: pool)
        #expect(pool.statistics.heldBytes <= 1 << 20)
        #expect(try TestSnapshot.contents(pool) == TestSnapshot.contents(source))
        pool.checkInvariants()
    }

    @Test func `damage in the backing store, and what cannot be read there, is found`() throws {
        let (pool, device) = try makePool()
        try spill(pool)
        #expect(try scrub(pool).pagesDamaged == 0)
        #expect(pool.statistics.pagesOnDisk == 150)
        device.state.withLock { state in
            for block in state.blocks.keys { state.blocks[block]?[600] ^= 1 }
        }
        let told = try scrub(pool)
        let blocks = device.state.withLock { $0.blocks.count }
        #expect(told.pagesDamaged > 0 && told.pagesDamaged <= UInt64(blocks))
        #expect(told.damaged.allSatisfy { $0 % 2 == 1 })
        #expect(pool.statistics.failedReads == told.pagesDamaged)
        device.state.withLock { $0.readsLeft = 0 }
        #expect(try scrub(pool).pagesDamaged == 150)
        #expect(TestSnapshot.begun(of: pool).errno == .ioError)
    }
}
