internal import Bytes
internal import JITFSTestSupport
internal import PagePool
internal import PseudoFS
internal import SystemPackage
internal import Testing

@Suite struct DeviceFileTests {
    let tree: PoolTree
    let data: Node

    init() throws {
        tree = try PoolTree()
        data = try tree.node("/p/data")
    }

    private func read(_ range: Range<UInt64>, in pieces: Int = 100_000) throws -> [UInt8] {
        let file = try data.open(range)
        var out = ByteBuffer()
        while file.read(into: &out, limit: pieces) != .end {}
        file.close()
        return out.array
    }

    private func write(_ bytes: [UInt8], at offset: UInt64, in pieces: Int? = nil) throws {
        let file = try data.openWrite(at: offset)
        guard let pieces else { return try file.writeAll(bytes.span) }
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            try file.write(bytes.span.extracting(start..<min(start + pieces, bytes.count)))
        }
        try file.finish()
    }

    @Test func `the device is as large as disksize, and zeros where nothing was written`() throws {
        #expect(try data.size() == 1 << 20)
        #expect(try read(5000..<15000) == [UInt8](repeating: 0, count: 10000))
        #expect(try read(7..<7) == [])
    }

    @Test(arguments: [(0, 4096), (0, 1), (4095, 2), (100, 5000), (4096, 8192), (1, 20000), ((1 << 20) - 5, 5)])
    func `what is written anywhere is read there, and nothing else is changed`(_ start: Int, _ count: Int) throws {
        var model = [UInt8](repeating: 0, count: 1 << 20)
        let base = (0..<60000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        try write(base, at: 0)
        model.replaceSubrange(0..<60000, with: base)
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 3 + 1) }
        try write(bytes, at: UInt64(start))
        model.replaceSubrange(start..<(start + count), with: bytes)
        #expect(try read(0..<(1 << 20)) == model)
        #expect(try read(0..<(1 << 20), in: 1000) == model)
        tree.pools.pools[0].checkInvariants()
    }

    @Test func `zeros that are written, and what is discarded, free their pages`() throws {
        try write([UInt8](repeating: 7, count: 5 * 4096), at: 0)
        try write([UInt8](repeating: 0, count: 4096), at: 4096)
        #expect(try tree.list("/p/pages") == ["0", "2", "3", "4"])
        try data.discard(8192..<16384)
        #expect(try tree.list("/p/pages") == ["0", "4"])
        try data.discard(100..<(4 * 4096 + 10))
        #expect(try tree.list("/p/pages") == ["0", "4"])
        #expect(try read(0..<101) == [UInt8](repeating: 7, count: 100) + [0])
        #expect(try read(16393..<16395) == [0, 7])
        try data.discard(0..<(1 << 20))
        #expect(try tree.list("/p/pages") == [])
    }

    @Test(arguments: [1, 100, 4095, 4096, 4097, 16000])
    func `it does not matter in which pieces the bytes of a write come`(_ pieces: Int) throws {
        let seed = Seed.next()
        var generator = SeededGenerator(seed: seed)
        var model = [UInt8](repeating: 0, count: 1 << 20)
        for _ in 0..<6 {
            let start = Int.random(in: 0..<100_000, using: &generator)
            let first = UInt8.random(in: 0...255, using: &generator)
            let zeros = Int.random(in: 0..<20_000, using: &generator)
            let bytes = (0..<Int.random(in: 0..<40_000, using: &generator)).map {
                $0 < zeros ? 0 : first &+ UInt8(truncatingIfNeeded: $0 >> 5)
            }
            try write(bytes, at: UInt64(start), in: pieces)
            model.replaceSubrange(start..<(start + bytes.count), with: bytes)
        }
        #expect(try read(0..<(1 << 20)) == model, "seed \(seed)")
        tree.pools.pools[0].checkInvariants()
    }

    @Test func `a write that is given up has stored its whole pages`() throws {
        let file = try data.openWrite(at: 100)
        try file.write([UInt8](repeating: 7, count: 9000).span)
        file.abandon()
        #expect(
            try read(0..<12288) == [UInt8](repeating: 0, count: 100) + [UInt8](repeating: 7, count: 8092)
                + [UInt8](repeating: 0, count: 4096))
    }

    @Test func `a page is the same through both`() throws {
        try tree.put(PoolTree.page, "/p/pages/2")
        #expect(try read(8192..<12288) == PoolTree.page)
        try write([1], at: 8192)
        #expect(try tree.bytes("/p/pages/2")[0] == 1)
    }

    @Test func `a device that goes ends what is read of it, and says why`() throws {
        let file = try data.open(0..<100_000)
        var out = ByteBuffer()
        #expect(file.read(into: &out, limit: 4096) == .more)
        try tree.node("/p").remove(Caller())
        #expect(file.read(into: &out, limit: 4096) == .end)
        #expect(file.failure?.errno == .operationNotSupportedByDevice)
        #expect(errno { () throws(Failure) in _ = try data.size() } == .operationNotSupportedByDevice)
    }
}
