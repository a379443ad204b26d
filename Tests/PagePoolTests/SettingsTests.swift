internal import Bytes
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

@Suite struct SettingsTests {
    let codec = ToyCodec()

    private func makePool(_ disksize: UInt64 = 1 << 20) throws -> PagePool {
        let pools = PagePools(codec: codec, limits: PagePoolLimits())
        return try pools.create(name: "b", options: PagePoolOptions(disksizeBytes: disksize))
    }

    @Test func `disksize is rounded up to pages, up to 16 TiB`() throws {
        #expect(try makePool(1).disksizeBytes == 4096)
        #expect(try makePool(4097).disksizeBytes == 8192)
        let pool = try makePool(16 << 40)
        #expect(pool.disksizeBytes == 16 << 40)
        #expect(throws: Errno.invalidArgument) { try pool.setDisksize(0) }
        #expect(throws: Errno.invalidArgument) { try pool.setDisksize(16 << 40 + 1) }
        #expect(throws: Errno.invalidArgument) { try pool.setDisksize(.max) }
        try pool.setDisksize(5)
        #expect(pool.disksizeBytes == 4096)
    }

    @Test func `disksize below what is stored is refused`() throws {
        let pool = try makePool()
        try pool.put(9, TestPage.repeating(0).span)
        #expect(throws: Errno.resourceBusy) { try pool.setDisksize(9 * 4096) }
        #expect(pool.disksizeBytes == 1 << 20)
        try pool.setDisksize(9 * 4096 + 1)
        #expect(pool.disksizeBytes == 10 * 4096)
        #expect(throws: Errno.invalidArgument) { try pool.put(10, TestPage.repeating(0).span) }
        try pool.setDisksize(11 * 4096)
        try pool.put(10, TestPage.repeating(0).span)
    }

    @Test func `a level is one of the codec's, and the next page's`() throws {
        let pool = try makePool()
        #expect(pool.level == 1)
        try pool.setLevel(3)
        try pool.put(0, TestPage.of(10).span)
        #expect(codec.lastLevel.load(ordering: .relaxed) == 3)
        for level in [-1, 4, Int.max, Int.min] {
            #expect(throws: Errno.invalidArgument) { try pool.setLevel(level) }
        }
        #expect(pool.level == 3)
    }

    @Test func `a reset forgets pages and counts, and keeps the settings`() throws {
        let pool = try makePool()
        try pool.setLevel(2)
        try pool.setMemLimit(1 << 20)
        for number in 0..<200 as Range<UInt64> { try pool.put(number, TestPage.of(Int(number) * 20).span) }
        try pool.reset()
        #expect(pool.statistics == PagePoolStatistics())
        #expect(pool.histogram == [UInt64](repeating: 0, count: 17))
        #expect(pool.nextStored(from: 0) == nil)
        #expect(throws: Errno.noData) { try PagePoolTests.get(pool, 7) }
        #expect(pool.level == 2)
        #expect(pool.memLimitBytes == 1 << 20)
        #expect(pool.disksizeBytes == 1 << 20)
        pool.checkInvariants()
        try pool.put(7, TestPage.of(10).span)
        #expect(try PagePoolTests.get(pool, 7) == TestPage.of(10))
    }
}
