internal import Bytes
internal import Locking
internal import SystemPackage
internal import Testing

@testable internal import PagePool

@Suite struct MemLimitTests {
    private func makePool(limit: UInt64) throws -> PagePool {
        let pools = PagePools(codec: ToyCodec(), limits: PagePoolLimits())
        return try pools.create(
            name: "b", options: PagePoolOptions(disksizeBytes: 1 << 30, memLimitBytes: limit))
    }

    /// Puts pages of one size until one is refused.
    private func fill(_ pool: PagePool, length: Int) throws -> UInt64 {
        var number: UInt64 = 0
        while true {
            do throws(Errno) {
                try pool.put(number, TestPage.of(length, mark: number).span)
            } catch {
                #expect(error == .noSpace)
                return number
            }
            number += 1
        }
    }

    @Test func `the limit is exact: one object more is refused, and nothing less`() throws {
        // 3 pages for the first page of all, so 13 pages are 11 for objects of 112 bytes, header included.
        let pool = try makePool(limit: 13 * 4096)
        let stored = try fill(pool, length: 100)
        #expect(stored == 11 * 4096 / 112)
        #expect(pool.statistics.heldBytes == 13 * 4096)
        #expect(pool.statistics.failedWrites == 1)
        #expect(pool.statistics.pagesStored == stored)
        for number in 0..<stored {
            #expect(try PagePoolTests.get(pool, number) == TestPage.of(100, mark: number))
        }
        pool.checkInvariants()
    }

    @Test func `below three pages only nothing can be stored`() throws {
        for limit in [1, 4096, 8192, 8193] as [UInt64] {
            let pool = try makePool(limit: limit)
            let isEnough = limit > 8192
            #expect(try fill(pool, length: 10) == (isEnough ? 4096 / 32 : 0))
            #expect(pool.statistics.heldBytes == (isEnough ? 3 * 4096 : 0))
            pool.checkInvariants()
        }
    }

    @Test func `the old version is kept where the new one is refused`() throws {
        let pool = try makePool(limit: 13 * 4096)
        let stored = try fill(pool, length: 100)
        let held = pool.statistics
        for number in 0..<stored {
            #expect(throws: Errno.noSpace) { try pool.put(number, TestPage.of(4096, mark: 5).span) }
        }
        var after = pool.statistics
        #expect(after.failedWrites == held.failedWrites + stored)
        after.failedWrites = held.failedWrites
        #expect(after == held)
        for number in 0..<stored {
            #expect(try PagePoolTests.get(pool, number) == TestPage.of(100, mark: number))
        }
        pool.checkInvariants()
    }

    @Test func `an overwrite that takes no more is never refused at the limit`() throws {
        let pool = try makePool(limit: 13 * 4096)
        let stored = try fill(pool, length: 100)
        // The same class, a page of one word, and discards.
        for number in 0..<stored { try pool.put(number, TestPage.of(99, mark: number + 7).span) }
        for number in 0..<stored { try pool.put(number, TestPage.repeating(number).span) }
        #expect(pool.statistics.heldBytes <= 3 * 4096)
        pool.checkInvariants()
    }

    @Test func `an object that takes the place of one as large as it fits at the limit`() throws {
        // Huge pages, one to a page of memory or nearly: four pages for two of them, two for the table.
        let pool = try makePool(limit: 5 * 4096)
        try pool.put(0, TestPage.of(4096, mark: 1).span)
        #expect(pool.statistics.heldBytes == 4 * 4096)
        try pool.put(1, TestPage.of(3000, mark: 2).span)
        #expect(pool.statistics.heldBytes == 5 * 4096)
        // Its two pages go and one comes.
        try pool.put(0, TestPage.of(2000, mark: 3).span)
        try pool.put(2, TestPage.of(1500, mark: 4).span)
        #expect(pool.statistics.heldBytes == 5 * 4096)
        #expect(throws: Errno.noSpace) { try pool.put(3, TestPage.of(1000).span) }
        // One page goes and one comes.
        try pool.put(2, TestPage.of(1000, mark: 5).span)
        #expect(try PagePoolTests.get(pool, 0) == TestPage.of(2000, mark: 3))
        #expect(try PagePoolTests.get(pool, 1) == TestPage.of(3000, mark: 2))
        #expect(try PagePoolTests.get(pool, 2) == TestPage.of(1000, mark: 5))
        pool.checkInvariants()
    }

    @Test func `slack is given back before anything is refused`() throws {
        let pool = try makePool(limit: 0)
        let zeros = [UInt8](repeating: 0, count: 4096)
        // Many classes with a page of slack each, for overwriting keeps one: one object stays on the first page, one goes from the second.
        for index in 0..<100 as Range<UInt64> {
            for copy in 0..<3 as Range<UInt64> {
                try pool.put(index * 3 + copy, TestPage.of(1800 + Int(index) * 16, mark: copy).span)
            }
        }
        for index in 0..<100 as Range<UInt64> {
            try pool.put(index * 3 + 2, zeros.span)
            try pool.put(index * 3 + 1, zeros.span)
        }
        let slack = pool.shards[0].state.withLock { $0.storage.stacks.residentPages - $0.storage.stacks.neededPages }
        #expect(slack > 0)
        let held = pool.statistics.heldBytes
        try pool.setMemLimit(held - UInt64(slack) * 4096)
        #expect(pool.statistics.heldBytes == held - UInt64(slack) * 4096)
        #expect(pool.memLimitBytes == held - UInt64(slack) * 4096)
        for index in 0..<100 as Range<UInt64> {
            #expect(
                try PagePoolTests.get(pool, index * 3) == TestPage.of(1800 + Int(index) * 16, mark: 0))
        }
        pool.checkInvariants()
    }

    @Test func `a limit below what is held is refused, and nothing is lost`() throws {
        let pool = try makePool(limit: 1 << 20)
        let stored = try fill(pool, length: 500)
        #expect(throws: Errno.resourceBusy) { try pool.setMemLimit((1 << 20) - 4096) }
        #expect(throws: Errno.resourceBusy) { try pool.setMemLimit(1) }
        #expect(pool.memLimitBytes == 1 << 20)
        for number in 0..<stored { #expect(try PagePoolTests.get(pool, number) == TestPage.of(500, mark: number)) }
        try pool.setMemLimit((1 << 20) - 4095)
        #expect(pool.memLimitBytes == 1 << 20)
        try pool.setMemLimit(0)
        #expect(pool.memLimitBytes == 0)
        try pool.put(stored, TestPage.of(500).span)
        #expect(pool.statistics.heldBytes > 1 << 20)
        // 2^64 is what this rounds up to: no limit. The page below is one.
        try pool.setMemLimit(.max)
        #expect(pool.memLimitBytes == 0)
        try pool.setMemLimit(UInt64.max - 4095)
        #expect(pool.memLimitBytes == UInt64.max - 4095)
        pool.checkInvariants()
    }
}
