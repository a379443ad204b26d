internal import Bytes
internal import JITFSTestSupport
internal import Locking
internal import SystemPackage
internal import Testing

internal import PagePool
internal import PagePoolZstd

/// Two threads on one limited pool with real pages and the real codec: each remembers what it put.
@Suite struct RealPagesSimulationTests {
    private final class Problems: Sendable {
        let list = Locked<[String]>([])
    }

    @Test func `two threads find what they put, also where the limit refuses some`() throws {
        let seed = Seed.next()
        let pages = RealPages()
        let pools = PagePools(codec: ZstdPageCodec(), limits: PagePoolLimits())
        let pool = try pools.create(
            name: "b", options: PagePoolOptions(disksizeBytes: 1 << 30, memLimitBytes: 1 << 20))
        let problems = Problems()
        var threads = Threads()
        for thread in 0..<2 {
            threads.start {
                do throws(Errno) {
                    try Self.run(pool, pages, thread, SeededGenerator(seed: seed &+ UInt64(thread)), problems)
                } catch {
                    problems.list.withLock { $0.append("\(error)") }
                }
            }
        }
        threads.join()
        #expect(problems.list.withLock { $0 } == [], "SEED=\(seed)")
        #expect(pool.statistics.failedWrites > 0)
        #expect(pool.statistics.heldBytes <= 1 << 20)
        pool.checkInvariants()
    }

    private static func run(
        _ pool: PagePool, _ pages: RealPages, _ thread: Int, _ generator: SeededGenerator, _ problems: Problems
    ) throws(Errno) {
        var random = generator
        var stored: [UInt64: Int] = [:]
        var out = ByteBuffer()
        for operation in 1...10_000 {
            let page = UInt64.random(in: 0..<800, using: &random) * 2 + UInt64(thread)
            switch random.next() % 8 {
            case 0..<4:
                let source = Int.random(in: 0..<pages.count, using: &random)
                do throws(Errno) {
                    try pool.put(page, pages.page(source, variant: page).span)
                    stored[page] = source
                } catch {
                    if error != .noSpace { throw error }
                }
            case 4..<7:
                guard let source = stored[page] else { continue }
                out.removeAll()
                try pool.get(page, into: &out)
                if !out.span.equals(pages.page(source, variant: page).span) {
                    problems.list.withLock { $0.append("page \(page) has other bytes") }
                }
            default:
                try pool.discard(page)
                stored[page] = nil
            }
            if operation % 2_000 == 0 { pool.checkInvariants() }
        }
    }
}
