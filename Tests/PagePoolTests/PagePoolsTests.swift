internal import Bytes
internal import JITFSTestSupport
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import PagePool

@Suite struct PagePoolsTests {
    private let options = PagePoolOptions(disksizeBytes: 1 << 20)

    @Test func `pools are found by name and told in its order`() throws {
        let pools = PagePools(codec: ToyCodec(), limits: PagePoolLimits())
        let names = ["b", "a", "ab", "B", "\u{E9}", "a.b", "...", String(repeating: "x", count: 255)]
        for name in names { _ = try pools.create(name: name, options: options) }
        #expect(pools.pools.map(\.name) == names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) })
        for name in names { #expect(pools.pool(named: name.utf8Span.span)?.name == name) }
        for name in ["", "c", "a.", "bb", "\u{E8}"] { #expect(pools.pool(named: name.utf8Span.span) == nil) }
        #expect(Set(pools.pools.map(\.identity)).count == names.count)
        #expect(pools.codec.name == "toy")
    }

    @Test func `a name that cannot stand in a path is refused`() {
        let pools = PagePools(codec: ToyCodec(), limits: PagePoolLimits())
        for name in ["", ".", "..", "a/b", "/", "a\0"] {
            #expect(throws: Errno.invalidArgument) { _ = try pools.create(name: name, options: options) }
        }
        #expect(throws: Errno.fileNameTooLong) {
            _ = try pools.create(name: String(repeating: "x", count: 256), options: options)
        }
        #expect(pools.pools.isEmpty)
    }

    @Test func `options out of range are refused`() {
        let pools = PagePools(codec: ToyCodec(), limits: PagePoolLimits())
        for disksize in [0, 16 << 40 + 1, .max] as [UInt64] {
            #expect(throws: Errno.invalidArgument) {
                _ = try pools.create(name: "a", options: PagePoolOptions(disksizeBytes: disksize))
            }
        }
        for level in [-1, 4] {
            #expect(throws: Errno.invalidArgument) {
                _ = try pools.create(name: "a", options: PagePoolOptions(disksizeBytes: 1, level: level))
            }
        }
    }

    @Test func `one pool too many, and one that exists, are refused`() throws {
        let pools = PagePools(codec: ToyCodec(), limits: PagePoolLimits(poolsMax: 2))
        let first = try pools.create(name: "a", options: options)
        _ = try pools.create(name: "b", options: options)
        #expect(throws: Errno.fileExists) { _ = try pools.create(name: "a", options: options) }
        #expect(throws: Errno.tooManyOpenFilesInSystem) { _ = try pools.create(name: "c", options: options) }
        try pools.remove(first)
        let again = try pools.create(name: "a", options: options)
        #expect(again.identity > first.identity)
        #expect(throws: Errno.noSuchFileOrDirectory) { try pools.remove(first) }
    }

    @Test func `a removed pool is no device for any operation`() throws {
        let pools = PagePools(codec: ToyCodec(), limits: PagePoolLimits())
        let pool = try pools.create(name: "a", options: options)
        try pool.put(1, TestPage.of(100).span)
        try pools.remove(pool)
        #expect(pool.isDead)
        #expect(pools.pool(named: "a".utf8Span.span) == nil)
        let page = TestPage.of(1)
        let zeros = TestPage.repeating(0)
        let none: [UInt8] = []
        let gone = Errno.operationNotSupportedByDevice
        #expect(throws: gone) { try pool.put(1, page.span) }
        #expect(throws: gone) { try pool.put(1, zeros.span) }
        #expect(throws: gone) { try pool.put(1, none.span) }
        #expect(throws: gone) { try PagePoolTests.get(pool, 1) }
        #expect(throws: gone) { try pool.discard(1) }
        #expect(throws: gone) { try pool.state(of: 1) }
        #expect(throws: gone) { try pool.setDisksize(1 << 20) }
        #expect(throws: gone) { try pool.setMemLimit(1 << 20) }
        #expect(throws: gone) { try pool.setLevel(1) }
        #expect(throws: gone) { try pool.reset() }
        #expect(pool.nextStored(from: 0) == nil)
        #expect(pool.statistics == PagePoolStatistics())
        pool.checkInvariants()
    }

    @Test func `a pool can be removed under the traffic of two threads`() throws {
        let pools = PagePools(codec: ToyCodec(), limits: PagePoolLimits())
        for round in 0..<20 as Range<UInt64> {
            let pool = try pools.create(name: "a", options: options)
            let traffic = Traffic(pool: pool)
            var threads = Threads()
            for thread in 0..<2 as Range<UInt64> {
                threads.start { traffic.run(seed: round * 2 + thread) }
            }
            while traffic.operations.load(ordering: .relaxed) < 500 { continue }
            try pools.remove(pool)
            threads.join()
            #expect(traffic.surprises.load(ordering: .relaxed) == 0)
            #expect(pool.statistics.heldBytes == 0)
            pool.checkInvariants()
        }
    }

    /// Random operations until the pool is gone; what is got is right, what is thrown is ENODATA or ENODEV.
    private final class Traffic: Sendable {
        let pool: PagePool
        let operations = Atomic<Int>(0)
        let surprises = Atomic<Int>(0)

        init(pool: PagePool) { self.pool = pool }

        func run(seed: UInt64) {
            var random = SeededGenerator(seed: seed)
            var out = ByteBuffer()
            while true {
                let page = UInt64.random(in: 0..<64, using: &random)
                operations.add(1, ordering: .relaxed)
                do throws(Errno) {
                    switch random.next() % 4 {
                    case 0: try pool.discard(page)
                    case 1:
                        out.removeAll()
                        try pool.get(page, into: &out)
                        if out.count != 4096 { surprises.add(1, ordering: .relaxed) }
                    default: try pool.put(page, TestPage.of(Int(random.next() % 4097)).span)
                    }
                } catch {
                    if error == .operationNotSupportedByDevice { return }
                    if error != .noData { surprises.add(1, ordering: .relaxed) }
                }
            }
        }
    }
}
