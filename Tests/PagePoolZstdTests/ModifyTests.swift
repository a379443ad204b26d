internal import Bytes
internal import JITFSTestSupport
internal import Locking
internal import PagePool
internal import PagePoolZstd
internal import SystemPackage
internal import Testing

@Suite struct ModifyTests {
    let pool: PagePool

    init() throws {
        pool = try PagePools(codec: ZstdPageCodec(), limits: PagePoolLimits())
            .create(name: "m", options: PagePoolOptions(disksizeBytes: 1 << 20))
    }

    private func page(_ number: UInt64) throws -> [UInt8] {
        var out = ByteBuffer()
        try pool.get(number, into: &out)
        return out.array
    }

    @Test func `a page that is not there comes to zeros but for what is written`() throws {
        try pool.modify(3, at: 100, [1, 2, 3].span)
        var expected = [UInt8](repeating: 0, count: 4096)
        expected.replaceSubrange(100..<103, with: [1, 2, 3])
        #expect(try page(3) == expected)
        pool.checkInvariants()
    }

    @Test func `a page of each kind is changed in place, and is of another kind then`() throws {
        var noise = SystemRandomNumberGenerator()
        let random = (0..<4096).map { _ in UInt8.random(in: .min ... .max, using: &noise) }
        let text = (0..<4096).map { UInt8(truncatingIfNeeded: $0 >> 4) }
        for before in [random, text, [UInt8](repeating: 9, count: 4096), [UInt8](repeating: 0x99, count: 4096)] {
            try pool.put(0, before.span)
            try pool.modify(0, at: 4090, [1, 2, 3, 4, 5, 6].span)
            #expect(try page(0) == before[..<4090] + [1, 2, 3, 4, 5, 6])
            try pool.modify(0, at: 0, before.span)
            #expect(try page(0) == before)
            pool.checkInvariants()
        }
    }

    @Test func `a page that comes to zeros is given up`() throws {
        try pool.modify(0, at: 7, [1].span)
        try pool.modify(0, at: 7, [0].span)
        #expect(try pool.state(of: 0) == nil)
        try pool.modify(1, at: 0, [0, 0].span)
        #expect(try pool.state(of: 1) == nil)
        #expect(pool.statistics.pagesStored == 0)
        #expect(pool.statistics.heldBytes == 0)
    }

    @Test func `beyond the end nothing is changed`() {
        #expect(throws: Errno.invalidArgument) { try pool.modify(256, at: 0, [1].span) }
    }

    @Test func `writes of two threads to one page are none of them lost`() async throws {
        let pool = pool
        await withTaskGroup(of: Void.self) { group in
            for thread in 0..<2 {
                group.addTask {
                    for turn in 0..<1000 {
                        let byte = [UInt8(truncatingIfNeeded: turn + 1)]
                        try? pool.modify(5, at: thread * 2048 + turn % 2000, byte.span)
                    }
                }
            }
        }
        var expected = [UInt8](repeating: 0, count: 4096)
        for thread in 0..<2 {
            for turn in 0..<1000 { expected[thread * 2048 + turn % 2000] = UInt8(truncatingIfNeeded: turn + 1) }
        }
        #expect(try page(5) == expected)
        pool.checkInvariants()
    }
}
