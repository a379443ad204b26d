internal import Bytes
internal import Locking
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

@Suite struct FaultTests {
    let codec = ToyCodec()
    let memory = ScantMemory()

    private func makePool() throws -> PagePool {
        let pools = PagePools(codec: codec, limits: PagePoolLimits(), probe: nil, memory: memory)
        return try pools.create(name: "b", options: PagePoolOptions(disksizeBytes: 16 << 40))
    }

    /// Pages of many classes, far apart, so that chunks and nodes are asked for again and again.
    private func script(_ pool: PagePool, _ kept: inout [UInt64: [UInt8]]) -> Errno? {
        for step in 0..<40 as Range<UInt64> {
            let number = step % 3 == 0 ? step << 20 : step
            let page = step % 7 == 5 ? TestPage.repeating(step) : TestPage.of(Int(step) * 100, mark: step)
            do throws(Errno) {
                try pool.put(number, page.span)
                kept[number] = page
            } catch {
                return error
            }
            // Anew, of another class.
            do throws(Errno) {
                try pool.put(number, TestPage.of(Int(step) * 90, mark: step).span)
                kept[number] = TestPage.of(Int(step) * 90, mark: step)
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
    }

    @Test func `the first, second, third… mapping fails, and nothing is half stored`() throws {
        var failures = 0
        while true {
            memory.mappingsLeft.store(.max, ordering: .relaxed)
            let pool = try makePool()
            var kept: [UInt64: [UInt8]] = [:]
            memory.mappingsLeft.store(failures, ordering: .relaxed)
            let error = script(pool, &kept)
            try check(pool, kept)
            guard let error else { break }
            #expect(error == .noMemory)
            #expect(pool.statistics.failedWrites == 1)
            // And with memory again, it goes on.
            memory.mappingsLeft.store(.max, ordering: .relaxed)
            #expect(script(pool, &kept) == nil)
            try check(pool, kept)
            failures += 1
        }
        #expect(failures > 30)
    }

    @Test func `a middle node whose leaf finds no memory goes again`() throws {
        let pool = try makePool()
        let zeros = TestPage.repeating(0)
        // 511 of the 512 nodes of a chunk: 255 ranges of 1 GiB with a leaf each, and one leaf more.
        for range in 0..<255 as Range<UInt64> { try pool.put(range << 18, zeros.span) }
        try pool.put(512, zeros.span)
        #expect(pool.statistics.heldBytes == 511 * 4096)
        memory.mappingsLeft.store(0, ordering: .relaxed)
        #expect(throws: Errno.noMemory) { try pool.put(300 << 18, zeros.span) }
        #expect(pool.statistics.heldBytes == 511 * 4096)
        #expect(pool.statistics.pagesStored == 256)
        pool.checkInvariants()
        // It serves as a leaf elsewhere, and there is none left then.
        try pool.put(1024, zeros.span)
        #expect(throws: Errno.noMemory) { try pool.put(1536, zeros.span) }
        memory.mappingsLeft.store(.max, ordering: .relaxed)
        try pool.put(300 << 18, zeros.span)
        #expect(pool.statistics.heldBytes == 514 * 4096)
        pool.checkInvariants()
    }

    @Test func `the first, second, third… call of the codec fails, and nothing is half stored`() throws {
        var calls = 0
        while true {
            let pool = try makePool()
            var kept: [UInt64: [UInt8]] = [:]
            codec.callsLeft.store(calls, ordering: .relaxed)
            let error = script(pool, &kept)
            codec.callsLeft.store(.max, ordering: .relaxed)
            try check(pool, kept)
            guard let error else { break }
            #expect(error == (calls == 0 ? .noMemory : .ioError))
            #expect(pool.statistics.failedWrites == 1)
            calls += 1
        }
        #expect(calls > 60)
    }

    @Test func `a frame that cannot be unpacked is a bad message, counted, and stays`() throws {
        let pool = try makePool()
        try pool.put(3, TestPage.of(100).span)
        codec.callsLeft.store(0, ordering: .relaxed)
        #expect(throws: Errno.badMessage) { try PagePoolTests.get(pool, 3) }
        codec.callsLeft.store(.max, ordering: .relaxed)
        #expect(pool.statistics.failedReads == 1)
        #expect(pool.statistics.gets == 0)
        #expect(try PagePoolTests.get(pool, 3) == TestPage.of(100))
    }

    @Test func `a reset while a damaged frame is unpacked leaves the counts at what came after it`() throws {
        let pool = try makePool()
        try pool.put(3, TestPage.of(100).span)
        codec.beforeUnpacking.withLock { $0 = { try? pool.reset() } }
        codec.callsLeft.store(0, ordering: .relaxed)
        #expect(throws: Errno.badMessage) { try PagePoolTests.get(pool, 3) }
        #expect(pool.statistics.gets == 0)
        #expect(pool.statistics.failedReads == 1)
    }

    @Test func `an entry that leads to another page's object is a bad message`() throws {
        let pool = try makePool()
        for page in [3, 4] as [UInt64] { try pool.put(page, TestPage.of(100, mark: page).span) }
        pool.mislead(3, to: 4)
        #expect(throws: Errno.badMessage) { try PagePoolTests.get(pool, 3) }
        #expect(pool.statistics.failedReads == 1)
        #expect(try PagePoolTests.get(pool, 4) == TestPage.of(100, mark: 4))
    }

    @Test func `every damaged byte of a huge page is a bad message`() throws {
        let pool = try makePool()
        let page = TestPage.of(4096)
        try pool.put(3, page.span)
        for place in [0, 1, 3, 4, 5, 11, 12, 67, 2000, 4099] {
            try pool.damage(3, at: place)
            #expect(throws: Errno.badMessage) { try PagePoolTests.get(pool, 3) }
            try pool.damage(3, at: place)
        }
        #expect(try PagePoolTests.get(pool, 3) == page)
        #expect(pool.statistics.failedReads == 10)
    }
}

extension PagePool {
    /// Flips a bit of an object, as bad memory would.
    func damage(_ page: UInt64, at place: Int) throws {
        try shards[homes.home(of: page)].state.withLock { shard in
            let entry = shard.storage.table.entry(page)
            var object = ByteBuffer()
            shard.storage.stacks.append(entry.classNumber, entry.index, count: entry.payload, to: &object)
            var bytes = object.array
            try #require(place < bytes.count)
            bytes[place] ^= 0x10
            shard.storage.stacks.overwrite(entry.classNumber, entry.index, bytes.span)
        }
    }

    /// Lets a page's entry lead to where another page's object is.
    func mislead(_ page: UInt64, to other: UInt64) {
        shards[homes.home(of: page)].state.withLock { shard in
            shard.storage.table.set(page, shard.storage.table.entry(other))
        }
    }
}
