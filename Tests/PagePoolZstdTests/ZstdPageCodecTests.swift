internal import Bytes
internal import JITFSTestSupport
internal import Locking
internal import SystemPackage
internal import Testing

@testable internal import PagePool
internal import PagePoolZstd

@Suite struct ZstdPageCodecTests {
    private let pages = RealPages()

    private func makePool(_ options: PagePoolOptions = PagePoolOptions(disksizeBytes: 1 << 30)) throws -> PagePool {
        try PagePools(codec: ZstdPageCodec(), limits: PagePoolLimits()).create(name: "b", options: options)
    }

    @Test func `real pages come back, at every level`() throws {
        let codec = ZstdPageCodec()
        #expect(codec.name == "zstd" && codec.defaultLevel == 1)
        let pool = try makePool()
        for (index, level) in codec.levels.enumerated() {
            try pool.setLevel(level)
            for number in stride(from: index, to: pages.count, by: 41) {
                try pool.put(UInt64(number), pages.page(number).span)
            }
        }
        var out = ByteBuffer()
        var next = pool.nextStored(from: 0)
        while let page = next {
            out.removeAll()
            try pool.get(page, into: &out)
            #expect(out.array == pages.page(Int(page)))
            next = pool.nextStored(from: page + 1)
        }
        #expect(pool.statistics.pagesStored > 800)
        #expect(throws: Errno.invalidArgument) { try pool.setLevel(23) }
        #expect(throws: Errno.invalidArgument) { try pool.setLevel(-8) }
        pool.checkInvariants()
    }

    @Test func `memory held is close to what zstd makes of the pages`() throws {
        let pool = try makePool()
        for number in 0..<5000 {
            try pool.put(UInt64(number), pages.page(number, variant: UInt64(number / pages.count)).span)
        }
        let statistics = pool.statistics
        #expect(Double(statistics.heldBytes) < Double(statistics.storedBytes) * 1.12)
        #expect(pool.histogram.reduce(0, +) == statistics.pagesStored - statistics.pagesSame)
        for number in 0..<5000 { try pool.discard(UInt64(number)) }
        #expect(pool.statistics.heldBytes == 0)
        #expect(pool.statistics.storedBytes == 0)
    }

    @Test func `random bytes are kept as they are`() throws {
        let pool = try makePool()
        var random = SeededGenerator(seed: 3)
        let page = (0..<4096).map { _ in UInt8.random(in: 0...255, using: &random) }
        try pool.put(1, page.span)
        #expect(try pool.state(of: 1) == .huge)
        var out = ByteBuffer()
        try pool.get(1, into: &out)
        #expect(out.array == page)
    }

    @Test func `a damaged object is a bad message, never other bytes`() throws {
        let pool = try makePool()
        var out = ByteBuffer()
        for number in stride(from: 0, to: pages.count, by: 100) {
            let page = pages.page(number)
            try pool.put(7, page.span)
            guard case .compressed(let stored) = try pool.state(of: 7) else { continue }
            // Behind the header of two bytes, in which a flipped bit may mean nothing.
            for place in stride(from: 2, to: stored, by: 37) {
                try damage(pool, 7, at: place)
                out.removeAll()
                do {
                    try pool.get(7, into: &out)
                    #expect(out.array == page, "other bytes")
                } catch {
                    #expect(error == .badMessage)
                    #expect(out.array == [])
                }
                try damage(pool, 7, at: place)
            }
            out.removeAll()
            try pool.get(7, into: &out)
            #expect(out.array == page)
        }
        #expect(pool.statistics.failedReads > 50)
    }

    /// Flips a bit of an object, as bad memory would.
    private func damage(_ pool: PagePool, _ page: UInt64, at place: Int) throws {
        pool.shards[0].state.withLock { shard in
            let entry = shard.storage.table.entry(page)
            var object = ByteBuffer()
            shard.storage.stacks.append(entry.classNumber, entry.index, count: entry.payload, to: &object)
            var bytes = object.array
            bytes[place] ^= 0x10
            shard.storage.stacks.overwrite(entry.classNumber, entry.index, bytes.span)
        }
    }
}
