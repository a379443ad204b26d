internal import Bytes
internal import PagePool
internal import PseudoFS
internal import SystemPackage
internal import Testing

@Suite struct RecompressionFileTests {
    let tree: PoolTree

    init() throws { tree = try PoolTree() }

    /// Waits for the pool's own thread to be done.
    private func figures() throws -> [String: Value] {
        while true {
            guard case .record(let members) = try tree.value("/p/recompress") else { throw Failure(.ioError) }
            let figures = members.reduce(into: [String: Value]()) { $0[$1.name] = $1.value }
            if figures["running"] == .boolean(false) { return figures }
        }
    }

    @Test func `nothing was asked for at first`() throws {
        #expect(
            try tree.cat("/p/recompress")
                == "running=0 pages_looked=0 pages_tried=0 pages_recompressed=0 saved_bytes=0 pages_failed=0\n")
    }

    @Test func `an order is done, and its figures stay`() throws {
        for number in 0..<50 { try tree.put(PoolTree.page, "/p/pages/\(number)") }
        try tree.put(PoolTree.zeros, "/p/pages/50")
        try tree.echo("type=all level=19 cpu=100 algo=zstd\n", "/p/recompress")
        let figures = try figures()
        #expect(figures["pages_looked"] == .unsigned(51))
        #expect(figures["pages_tried"] == .unsigned(50))
        #expect(figures["pages_failed"] == .unsigned(0))
        for number in 0..<50 { #expect(try tree.bytes("/p/pages/\(number)") == PoolTree.page) }
        try tree.echo("max_pages=7 threshold=1", "/p/recompress")
        #expect(try self.figures()["pages_tried"] == .unsigned(7))
        try tree.echo("type=huge", "/p/recompress")
        #expect(try self.figures()["pages_tried"] == .unsigned(0))
        try tree.echo("stop", "/p/recompress")
    }

    @Test(arguments: [
        "", "huge", "type=", "type=old", "type=all level=23", "level=x", "threshold=-1", "threshold=4097",
        "max_pages=0", "cpu=0", "cpu=101", "algo=lzo", "priority=1", "type=all stop",
    ])
    func `an order that makes no sense is refused whole`(_ text: String) throws {
        #expect(errno { () throws(Failure) in try tree.echo(text, "/p/recompress") } == .invalidArgument)
        #expect(try tree.cat("/p/recompress").hasPrefix("running=0"))
    }
}
