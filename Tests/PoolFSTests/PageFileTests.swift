internal import PseudoFS
internal import SystemPackage
internal import Testing

@Suite struct PageFileTests {
    let tree: PoolTree

    init() throws { tree = try PoolTree() }

    @Test func `a page that was put is got, and a discarded one is not`() throws {
        #expect(errno { () throws(Failure) in _ = try tree.bytes("/p/pages/7") } == .noData)
        try tree.put(PoolTree.page, "/p/pages/7")
        #expect(try tree.bytes("/p/pages/7") == PoolTree.page)
        try tree.node("/p/pages/7").remove(Caller())
        #expect(errno { () throws(Failure) in _ = try tree.bytes("/p/pages/7") } == .noData)
        try tree.node("/p/pages/7").remove(Caller())
    }

    @Test func `what is known about a page says how it is kept`() throws {
        try tree.put(PoolTree.page, "/p/pages/1")
        try tree.put(PoolTree.zeros, "/p/pages/2")
        guard case .record(let members) = try tree.value("/p/pages/1") else { throw Failure(.ioError) }
        #expect(members.map(\.name) == ["size", "state", "stored_bytes", "age"])
        #expect(members[1].value == .text("compressed"))
        #expect(
            try tree.value("/p/pages/2")
                == .record([
                    .init("size", .integer(4096)), .init("state", .text("same")), .init("stored_bytes", .integer(0)),
                    .init("pattern", .text("0x0000000000000000")),
                ]))
        #expect(errno { () throws(Failure) in _ = try tree.value("/p/pages/3") } == .noData)
    }

    @Test(arguments: [0, 1, 4095, 4097, 8192])
    func `what is no page is refused, and the old version stays`(_ count: Int) throws {
        try tree.put(PoolTree.page, "/p/pages/0")
        let failure = #expect(throws: Failure.self) {
            try tree.put([UInt8](repeating: 1, count: count), "/p/pages/0")
        }
        #expect(failure?.errno == .invalidArgument)
        #expect(failure?.reason == "a page has 4096 bytes, not \(count)")
        #expect(try tree.bytes("/p/pages/0") == PoolTree.page)
    }

    @Test(arguments: ["256", "4294967296", "18446744073709551616"])
    func `a page past the end is refused, whatever is asked of it`(_ page: String) throws {
        let path = "/p/pages/\(page)"
        #expect(errno { () throws(Failure) in try tree.put(PoolTree.page, path) } == .invalidArgument)
        #expect(errno { () throws(Failure) in _ = try tree.bytes(path) } == .invalidArgument)
        #expect(errno { () throws(Failure) in _ = try tree.value(path) } == .invalidArgument)
        let failure = #expect(throws: Failure.self) { try tree.node(path).remove(Caller()) }
        #expect(failure?.reason == "the device has 256 pages, the first being 0")
    }

    @Test func `a listing has the stored pages by number`() throws {
        for page in [100, 3, 20, 255, 0] { try tree.put(PoolTree.page, "/p/pages/\(page)") }
        #expect(try tree.list("/p/pages") == ["0", "3", "20", "100", "255"])
    }

    @Test func `a page of a pool that was removed is gone, for those too who hold its node`() throws {
        try tree.put(PoolTree.page, "/p/pages/0")
        let node = try tree.node("/p/pages/0")
        try tree.node("/p").remove(Caller())
        #expect(errno { () throws(Failure) in _ = try node.read() } == .operationNotSupportedByDevice)
        #expect(errno { () throws(Failure) in _ = try tree.node("/p/pages/0") } == .noSuchFileOrDirectory)
    }
}
