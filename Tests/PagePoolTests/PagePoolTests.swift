internal import Bytes
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

@Suite struct PagePoolTests {
    let codec = ToyCodec()
    let memory = ScantMemory()

    func makePool(pages: UInt64 = 1024, memLimit: UInt64 = 0) throws -> PagePool {
        let pools = PagePools(codec: codec, limits: PagePoolLimits(), probe: nil, memory: memory)
        return try pools.create(
            name: "b", options: PagePoolOptions(disksizeBytes: pages * 4096, memLimitBytes: memLimit))
    }

    static func get(_ pool: PagePool, _ page: UInt64) throws -> [UInt8] {
        var out = ByteBuffer()
        out.append(7)
        do {
            try pool.get(page, into: &out)
        } catch {
            #expect(out.count == 1, "something was appended")
            throw error
        }
        return Array(out.array[1...])
    }

    @Test func `what was put is got, whatever its kind`() throws {
        let pool = try makePool()
        let pages: [[UInt8]] = [
            TestPage.of(100), TestPage.of(4000), TestPage.of(4096), TestPage.repeating(0),
            TestPage.repeating(0x0123_4567_89AB_CDEF), TestPage.repeating(0x9123_4567_89AB_CDEF),
            TestPage.repeating(9 << 60), TestPage.repeating(~0), TestPage.of(1),
        ]
        // Each kind after each other kind, at one page number and beside others.
        for (number, page) in pages.enumerated() { try pool.put(UInt64(number) * 100, page.span) }
        for page in pages {
            for other in pages {
                try pool.put(5, page.span)
                try pool.put(5, other.span)
                #expect(try Self.get(pool, 5) == other)
                pool.checkInvariants()
            }
        }
        for (number, page) in pages.enumerated() { #expect(try Self.get(pool, UInt64(number) * 100) == page) }
    }

    @Test func `states tell how a page is kept`() throws {
        let pool = try makePool()
        try pool.put(0, TestPage.of(100).span)
        try pool.put(1, TestPage.of(4096).span)
        try pool.put(2, TestPage.repeating(0).span)
        try pool.put(3, TestPage.repeating(9 << 60 | 5).span)
        #expect(try pool.state(of: 0) == .compressed(storedBytes: 108))
        #expect(try pool.state(of: 1) == .huge)
        #expect(try pool.state(of: 2) == .same(pattern: 0))
        #expect(try pool.state(of: 3) == .same(pattern: 9 << 60 | 5))
        #expect(try pool.state(of: 4) == nil)
        let statistics = pool.statistics
        #expect(statistics.pagesStored == 4)
        #expect(statistics.pagesSame == 2)
        #expect(statistics.pagesHuge == 1)
        #expect(statistics.storedBytes == 108 + 4096)
        #expect(statistics.puts == 4)
        let histogram = pool.histogram
        #expect(histogram.count == 17)
        #expect(histogram[0] == 1)
        #expect(histogram[16] == 1)
        #expect(histogram.reduce(0, +) == 2)
    }

    @Test func `a page of another size is refused, and nothing is stored`() throws {
        let pool = try makePool()
        for count in [0, 1, 4095, 4097, 8192] {
            let bytes = [UInt8](repeating: 3, count: count)
            #expect(throws: Errno.invalidArgument) { try pool.put(0, bytes.span) }
        }
        #expect(pool.statistics.invalidOperations == 5)
        #expect(pool.statistics.pagesStored == 0)
        #expect(pool.statistics.heldBytes == 0)
    }

    @Test func `a page beyond the end is refused`() throws {
        let pool = try makePool(pages: 10)
        let page = TestPage.of(100)
        for number in [10, 11, 1 << 32, UInt64.max] {
            #expect(throws: Errno.invalidArgument) { try pool.put(number, page.span) }
            #expect(throws: Errno.invalidArgument) { try Self.get(pool, number) }
            #expect(throws: Errno.invalidArgument) { try pool.discard(number) }
            #expect(throws: Errno.invalidArgument) { try pool.state(of: number) }
            #expect(pool.nextStored(from: number) == nil)
        }
        #expect(pool.statistics.invalidOperations == 16)
        try pool.put(9, page.span)
        #expect(pool.nextStored(from: 0) == 9)
    }

    @Test func `a page beyond the end, or of a removed pool, is refused before it is compressed`() throws {
        let pools = PagePools(codec: codec, limits: PagePoolLimits())
        let pool = try pools.create(name: "b", options: PagePoolOptions(disksizeBytes: 10 * 4096))
        let page = TestPage.of(100)
        #expect(throws: Errno.invalidArgument) { try pool.put(10, page.span) }
        try pool.setDisksize(5 * 4096)
        #expect(throws: Errno.invalidArgument) { try pool.put(5, page.span) }
        #expect(pool.statistics.invalidOperations == 2)
        #expect(codec.lastLevel.load(ordering: .relaxed) == -1)
        #expect(codec.workspaces.load(ordering: .relaxed) == 0)
        // Where the device has grown, there is no longer anything to refuse.
        try pool.setDisksize(11 * 4096)
        try pool.put(10, page.span)
        #expect(try Self.get(pool, 10) == page)
        codec.lastLevel.store(-1, ordering: .relaxed)
        try pools.remove(pool)
        #expect(throws: Errno.operationNotSupportedByDevice) { try pool.put(10, page.span) }
        #expect(codec.lastLevel.load(ordering: .relaxed) == -1)
    }

    @Test func `what was never put or is discarded is no data, and takes no memory`() throws {
        let pool = try makePool(pages: 1 << 32)
        for number in [0, 511, 512, 1 << 18, (1 << 32) - 1] as [UInt64] {
            #expect(throws: Errno.noData) { try Self.get(pool, number) }
            try pool.discard(number)
        }
        #expect(pool.statistics.heldBytes == 0)
        #expect(pool.statistics.heldBytesMax == 0)
        for number in [0, 511, 512, 1 << 18, (1 << 32) - 1] as [UInt64] {
            try pool.put(number, TestPage.of(300).span)
            #expect(pool.statistics.heldBytes == 3 * 4096)
            try pool.discard(number)
            try pool.discard(number)
            #expect(throws: Errno.noData) { try Self.get(pool, number) }
            #expect(pool.statistics.heldBytes == 0)
            pool.checkInvariants()
        }
        #expect(pool.statistics.heldBytesMax == 3 * 4096)
        #expect(pool.statistics.gets == 0)
        #expect(pool.statistics.discards == 15)
        pool.forgetMemUsedMax()
        #expect(pool.statistics.heldBytesMax == 0)
    }

    @Test func `stored pages are found in order, over any gap`() throws {
        let pool = try makePool(pages: 1 << 32)
        let numbers: [UInt64] = [0, 1, 511, 512, 5000, 1 << 18, 1 << 20, 3 << 30, (1 << 32) - 1]
        for number in numbers.reversed() { try pool.put(number, TestPage.repeating(number).span) }
        var found: [UInt64] = []
        var next = pool.nextStored(from: 0)
        while let page = next {
            found.append(page)
            next = pool.nextStored(from: page + 1)
        }
        #expect(found == numbers)
    }

    @Test func `one workspace serves one thread, and a page of zeros needs none`() throws {
        let pool = try makePool()
        try pool.put(0, TestPage.repeating(0).span)
        #expect(codec.workspaces.load(ordering: .relaxed) == 0)
        for number in 0..<100 as Range<UInt64> { try pool.put(number, TestPage.of(50, mark: number).span) }
        for number in 0..<100 as Range<UInt64> { _ = try Self.get(pool, number) }
        #expect(codec.workspaces.load(ordering: .relaxed) == 1)
    }
}
