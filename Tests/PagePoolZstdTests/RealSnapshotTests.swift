internal import Bytes
internal import JITFSTestSupport
internal import PagePool
internal import PagePoolZstd
internal import SystemPackage
internal import Testing

/// Snapshots of real pages with the real codec.
@Suite struct RealSnapshotTests {
    private func makePool(level: Int, memLimit: UInt64 = 0) throws -> PagePool {
        try PagePools(codec: ZstdPageCodec(), limits: PagePoolLimits())
            .create(
                name: "s", options: PagePoolOptions(disksizeBytes: 1 << 30, memLimitBytes: memLimit, level: level))
    }

    private func snapshot(_ pool: PagePool) throws -> [UInt8] {
        let writer = SnapshotWriter(of: pool)
        var out = ByteBuffer()
        while try writer.write(into: &out) {}
        return out.array
    }

    private func restore(_ bytes: [UInt8], into pool: PagePool) throws {
        let restore = try PoolRestore(into: pool)
        defer { restore.abandon() }
        for start in stride(from: 0, to: bytes.count, by: 10_000) {
            let piece = Array(bytes[start..<min(start + 10_000, bytes.count)])
            try restore.take(piece.span)
        }
        try restore.finish()
    }

    @Test func `real pages go through a pool of another level as they are, and no larger`() throws {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        let pages = RealPages()
        let source = try makePool(level: 19)
        var model: [UInt64: Int] = [:]
        for _ in 0..<300 {
            let page = random.next() % 5000
            let number = Int.random(in: 0..<pages.count, using: &random)
            try source.put(page, pages.page(number, variant: page).span)
            model[page] = number
        }
        let bytes = try snapshot(source)
        #expect(bytes.count < Int(source.statistics.storedBytes) + 12 * 300 + 2000, "SEED=\(seed)")
        let target = try makePool(level: -3, memLimit: 8 << 20)
        try restore(bytes, into: target)
        target.checkInvariants()
        #expect(target.statistics.storedBytes == source.statistics.storedBytes)
        var out = ByteBuffer()
        for (page, number) in model {
            out.removeAll()
            try target.get(page, into: &out)
            let isSame = out.span.equals(pages.page(number, variant: page).span)
            #expect(isSame, "page \(page), SEED=\(seed)")
        }
    }

    @Test func `random bytes changed anywhere are refused, and nothing changes`() throws {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        let pages = RealPages()
        let source = try makePool(level: 1)
        for page in 0..<60 as Range<UInt64> {
            try source.put(page, pages.page(Int(page) % pages.count, variant: page).span)
        }
        let bytes = try snapshot(source)
        let target = try makePool(level: 1)
        try target.put(7, pages.page(0).span)
        for _ in 0..<200 {
            var altered = bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                altered[Int.random(in: altered.indices, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
            }
            if altered == bytes { continue }
            #expect(throws: RestoreFailure.self, "SEED=\(seed)") { try restore(altered, into: target) }
        }
        #expect(target.statistics.pagesStored == 1 && target.statistics.puts == 1)
        target.checkInvariants()
    }
}
