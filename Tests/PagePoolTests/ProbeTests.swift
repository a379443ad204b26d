internal import Bytes
internal import Locking
internal import SystemPackage
internal import Testing

internal import PagePool

@Suite struct ProbeTests {
    /// Writes down what it hears.
    private final class Listener: PageProbe {
        let wanted: Set<PageOperation>
        let heard = Locked<[String]>([])
        let time = Locked<UInt64>(0)

        init(_ wanted: Set<PageOperation>) { self.wanted = wanted }

        func listens(to operation: PageOperation) -> Bool { wanted.contains(operation) }

        var now: UInt64 {
            time.withLock { time in
                time += 5
                return time
            }
        }

        func happened(_ operation: PageOperation, pool: String, page: UInt64, storedBytes: Int, nanoseconds: UInt64) {
            heard.withLock { $0.append("\(operation) \(pool) \(page) \(storedBytes) \(nanoseconds)") }
        }
    }

    private func heard(_ wanted: Set<PageOperation>) throws -> [String] {
        let listener = Listener(wanted)
        let pools = PagePools(codec: ToyCodec(), limits: PagePoolLimits(), probe: listener)
        let pool = try pools.create(name: "b", options: PagePoolOptions(disksizeBytes: 1 << 20))
        var out = ByteBuffer()
        for (number, page) in [TestPage.of(100), TestPage.of(4096), TestPage.repeating(0)].enumerated() {
            try pool.put(UInt64(number), page.span)
            try pool.get(UInt64(number), into: &out)
            try pool.discard(UInt64(number))
        }
        try pool.discard(7)
        // What is refused is no traffic.
        let page = TestPage.of(100)
        #expect(throws: Errno.invalidArgument) { try pool.put(256, page.span) }
        #expect(throws: Errno.noData) { try pool.get(7, into: &out) }
        #expect(throws: Errno.invalidArgument) { try pool.discard(256) }
        return listener.heard.withLock { $0 }
    }

    @Test func `a probe hears of what it listens to`() throws {
        #expect(
            try heard(Set(PageOperation.allCases)) == [
                "put b 0 108 5", "get b 0 108 5", "discard b 0 108 5", "put b 1 4096 5", "get b 1 4096 5",
                "discard b 1 4096 5", "put b 2 0 5", "get b 2 0 5", "discard b 2 0 5", "discard b 7 0 5",
            ])
        #expect(try heard([.get]) == ["get b 0 108 5", "get b 1 4096 5", "get b 2 0 5"])
        #expect(try heard([]) == [])
    }

    @Test func `the pages of a batch are told of one by one, each with its share of the time`() throws {
        let listener = Listener([.put, .get, .discard])
        let pools = PagePools(codec: ToyCodec(), limits: PagePoolLimits(), probe: listener)
        let pool = try pools.create(name: "b", options: PagePoolOptions(disksizeBytes: 1 << 20))
        var batch = TestBatch()
        batch.put(1, [TestPage.of(100), TestPage.repeating(0), TestPage.of(4096), TestPage.of(10), TestPage.of(20)])
        batch.get(0, 3)
        batch.discard(2, 2)
        batch.put(9, [TestPage.repeating(1)])
        _ = try batch.send(to: pool)
        #expect(
            listener.heard.withLock { $0 } == [
                "put b 1 108 1", "put b 2 0 1", "put b 3 4096 1", "put b 4 18 1", "put b 5 28 1",
                "get b 1 108 2", "get b 2 0 2", "discard b 2 0 2", "discard b 3 4096 2", "put b 9 0 5",
            ])
    }
}
