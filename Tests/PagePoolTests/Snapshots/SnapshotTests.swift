internal import Bytes
internal import JITFSTestSupport
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

@Suite struct SnapshotTests {
    private let pools = SnapshotPools()

    private func seededPool(_ random: inout SeededGenerator, shards: Int) throws -> PagePool {
        let pool = try pools.makePool(disksize: 1 << 32, shards: shards)
        for _ in 0..<800 {
            let page = random.next() % 4 == 0 ? random.next() % (1 << 20) : random.next() % 1500
            switch random.next() % 8 {
            case 0: try pool.put(page, TestPage.of(4096, mark: random.next()).span)
            case 1, 2: try pool.put(page, TestPage.repeating(random.next() % 3 << 60 | 8 << 60).span)
            case 3: try pool.discard(page)
            default:
                try pool.put(page, TestPage.of(Int.random(in: 1...2500, using: &random), mark: random.next()).span)
            }
        }
        return pool
    }

    @Test(arguments: [1, 4])
    func `every page comes back bit for bit, also in a pool of other settings`(shards: Int) throws {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        for round in 0..<6 {
            let source = try seededPool(&random, shards: shards)
            let snapshot = try TestSnapshot.of(source)
            let target = try pools.makePool(
                disksize: 1 << 33, memLimit: round % 2 == 0 ? 0 : 64 << 20, shards: round < 3 ? 3 : 1)
            try target.setLevel(3)
            for page in 0..<50 as Range<UInt64> { try target.put(page * 31, TestPage.of(500, mark: page).span) }
            let before = target.statistics
            try TestSnapshot.restore(snapshot, into: target, pieces: [1000, 17, 100_000][round % 3])
            target.checkInvariants()
            #expect(try TestSnapshot.contents(target) == TestSnapshot.contents(source), "SEED=\(seed)")
            let (there, here) = (target.statistics, source.statistics)
            #expect(there.pagesStored == here.pagesStored && there.storedBytes == here.storedBytes)
            #expect(there.pagesSame == here.pagesSame && there.pagesHuge == here.pagesHuge)
            #expect(there.puts == before.puts && there.failedWrites == 0, "what was done stays")
            #expect(target.histogram == source.histogram)
            #expect(target.level == 3 && target.disksizeBytes == 1 << 33)
            // What it holds is its own: it goes on as any other.
            for page in 0..<600 as Range<UInt64> { try target.put(page, TestPage.of(700, mark: page).span) }
            for page in 0..<300 as Range<UInt64> { try target.discard(page * 2) }
            target.checkInvariants()
            // The settings stand in the first block and are its own; the rest of two snapshots of the same is the same.
            #expect(try TestSnapshot.of(source) == snapshot)
        }
    }

    @Test func `dictionaries go along with the pages that need them, and get numbers of their own`() throws {
        let source = try DictionaryPool()
        try source.put(0..<200)
        source.work()
        try source.put(200..<400)
        try source.put(400..<600, family: 3)
        source.work()
        try source.put(600..<700, family: 3)
        let used = source.pool.dictionaryReport.dictionaries.filter { $0.pages > 0 }.count
        #expect(used > 0)
        let snapshot = try TestSnapshot.of(source.pool)
        // One with dictionaries of its own under the same numbers.
        let target = try DictionaryPool()
        try target.put(0..<100, family: 7)
        target.work()
        try target.put(100..<200, family: 7)
        try TestSnapshot.restore(snapshot, into: target.pool, pieces: 777)
        target.pool.checkInvariants()
        #expect(try TestSnapshot.contents(target.pool) == TestSnapshot.contents(source.pool))
        target.work()
        target.pool.checkInvariants()
        #expect(target.pool.dictionaryReport.dictionaries.filter { $0.pages > 0 }.count == used)
        #expect(try TestSnapshot.contents(target.pool) == TestSnapshot.contents(source.pool))

        // What is not there whole leaves nothing behind.
        let before = target.pool.dictionaryReport.dictionaries.count
        let held = target.pool.held.count
        #expect(throws: RestoreFailure.mistake(.truncated)) {
            try TestSnapshot.restore(Array(snapshot.dropLast()), into: target.pool, pieces: 1000)
        }
        target.work()
        #expect(target.pool.dictionaryReport.dictionaries.count == before && target.pool.held.count == held)
    }

    @Test func `an empty pool has a snapshot, and it empties another`() throws {
        let target = try pools.makePool()
        try pools.putOneOfEach(target)
        try TestSnapshot.restore(TestSnapshot.of(pools.makePool()), into: target)
        #expect(try TestSnapshot.contents(target) == [:])
        #expect(target.statistics.heldBytes == 0)
        target.checkInvariants()
    }

    @Test func `objects are not compressed again, and lie in the stream once`() throws {
        let source = try pools.makePool()
        try pools.putOneOfEach(source)
        let snapshot = try TestSnapshot.of(source)
        // A frame of 108 bytes, a huge page of 4100, three runs; heads, settings and end are 150 more.
        #expect(snapshot.count < 108 + 4100 + 3 * 20 + 200)
        let target = try pools.makePool()
        pools.codec.lastLevel.store(-1, ordering: .relaxed)
        try TestSnapshot.restore(snapshot, into: target)
        #expect(pools.codec.lastLevel.load(ordering: .relaxed) == -1)
    }

    @Test func `a writer gives a piece at a time, whatever there is`() throws {
        let pool = try pools.makePool(disksize: 1 << 30)
        for page in 0..<3000 as Range<UInt64> { try pool.put(page * 3, TestPage.repeating(page).span) }
        for page in 0..<200 as Range<UInt64> { try pool.put(page * 3 + 1, TestPage.of(4096, mark: page).span) }
        let writer = SnapshotWriter(of: pool)
        var out = ByteBuffer()
        var longest = 0
        var before = 0
        while try writer.write(into: &out) {
            longest = max(longest, out.count - before)
            before = out.count
        }
        #expect(longest <= 24 << 10)
        #expect(out.count > 200 * 4096)
    }

    // MARK: damage

    @Test func `a damaged page ends a snapshot before its end, is counted, and makes it worthless`() throws {
        for damage in 0..<3 {
            let pool = try pools.makePool()
            try pools.putOneOfEach(pool)
            switch damage {
            case 0: try pool.damage(2, at: 50)
            case 1: try pool.damage(3, at: 2000)
            default: pool.mislead(2, to: 3)
            }
            let (bytes, errno) = TestSnapshot.begun(of: pool)
            #expect(errno == .badMessage)
            #expect(pool.statistics.failedReads == 1)
            let target = try pools.makePool()
            #expect(throws: RestoreFailure.mistake(.truncated)) { try TestSnapshot.restore(bytes, into: target) }
        }
    }
}
