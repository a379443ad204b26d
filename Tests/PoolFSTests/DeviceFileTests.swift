internal import Bytes
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

    @Test func `the device is as large as disksize, and zeros where nothing was written`() throws {
        #expect(try data.size() == 1 << 20)
        #expect(try read(5000..<15000) == [UInt8](repeating: 0, count: 10000))
        #expect(try read(7..<7) == [])
    }

    @Test(arguments: [(0, 4096), (0, 1), (4095, 2), (100, 5000), (4096, 8192), (1, 20000), ((1 << 20) - 5, 5)])
    func `what is written anywhere is read there, and nothing else is changed`(_ start: Int, _ count: Int) throws {
        var model = [UInt8](repeating: 0, count: 1 << 20)
        let base = (0..<60000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        try data.write(base.span, at: 0)
        model.replaceSubrange(0..<60000, with: base)
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 3 + 1) }
        try data.write(bytes.span, at: UInt64(start))
        model.replaceSubrange(start..<(start + count), with: bytes)
        #expect(try read(0..<(1 << 20)) == model)
        #expect(try read(0..<(1 << 20), in: 1000) == model)
        tree.pools.pools[0].checkInvariants()
    }

    @Test func `zeros that are written, and what is discarded, free their pages`() throws {
        try data.write([UInt8](repeating: 7, count: 5 * 4096).span, at: 0)
        try data.write([UInt8](repeating: 0, count: 4096).span, at: 4096)
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

    @Test func `a page is the same through both`() throws {
        try tree.put(PoolTree.page, "/p/pages/2")
        #expect(try read(8192..<12288) == PoolTree.page)
        try data.write([1].span, at: 8192)
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
