internal import Bytes
internal import Glibc
internal import PagePool
internal import PseudoFS
internal import SystemPackage
internal import Testing

@Suite struct SnapshotFileTests {
    let tree: PoolTree

    init() throws {
        tree = try PoolTree()
        try tree.put(PoolTree.page, "/p/pages/3")
        try tree.put(PoolTree.zeros, "/p/pages/4")
        try tree.make("q")
    }

    private func snapshot() throws(Failure) -> [UInt8] {
        let file = try tree.node("/p/snapshot").open(ReadRequest(form: .snapshot))
        defer { file.close() }
        var out = ByteBuffer()
        while file.read(into: &out, limit: 100) != .end {}
        if let failure = file.failure { throw failure }
        return out.array
    }

    private func restore(_ bytes: [UInt8], pieces: Int = 100) throws(Failure) {
        let file = try tree.node("/q/restore").openWrite(WriteRequest())
        var start = 0
        while start < bytes.count {
            do throws(Failure) {
                try file.write(bytes.span.extracting(start..<min(start + pieces, bytes.count)))
            } catch {
                file.abandon()
                throw error
            }
            start += pieces
        }
        try file.finish()
    }

    @Test func `what one pool gives another takes`() throws {
        try restore(snapshot())
        #expect(try tree.list("/q/pages") == ["3", "4"])
        #expect(try tree.bytes("/q/pages/3") == PoolTree.page)
    }

    @Test func `a mistake is about the content, says what it is, and changes nothing`() throws {
        try tree.put(PoolTree.page, "/q/pages/9")
        let whole = try snapshot()
        var other = whole
        other[8] = 7
        var altered = whole
        altered[whole.count - 30] ^= 1
        let expected = [
            ([UInt8](repeating: 0x20, count: 20), "it is no snapshot"),
            (other, "it is of version 7; known are 1"), (Array(whole.dropLast()), "it ends before its end"),
            (altered, "it is damaged: a checksum is wrong, or there is what no snapshot has"),
            (whole + [0], "there is something behind its end"),
        ]
        for (bytes, reason) in expected {
            let failure = #expect(throws: Failure.self) { try restore(bytes) }
            #expect(failure?.errno == .invalidArgument && failure?.subject == .content)
            #expect(failure?.reason == reason)
        }
        #expect(try tree.list("/q/pages") == ["9"])
    }

    @Test func `one restore at a time; an abandoned one makes room`() throws {
        let file = try tree.node("/q/restore").openWrite(WriteRequest())
        let second = #expect(throws: Failure.self) { try restore([]) }
        #expect(second?.errno == .resourceBusy && second?.reason == "another restore of this pool is under way")
        file.abandon()
        try restore(snapshot())
    }

    @Test func `a restore is written and not read, a snapshot read and not written`() throws {
        #expect(try tree.node("/p/restore").declaration.verbs == .write)
        #expect(try tree.node("/p/restore").declaration.takesAsItComes)
        #expect(try tree.node("/p/snapshot").declaration.verbs == .read)
        #expect(errno { () throws(Failure) in try tree.echo("x", "/p/restore") } == .invalidArgument)
        try tree.put(snapshot(), "/q/restore")
        #expect(try tree.list("/q/pages") == ["3", "4"])
    }

    @Test func `a pool that goes ends a snapshot, which says why`() throws {
        let file = try tree.node("/p/snapshot").open(ReadRequest(form: .snapshot))
        var out = ByteBuffer()
        #expect(file.read(into: &out, limit: 10) == .more)
        try tree.node("/p").remove(Caller())
        #expect(file.read(into: &out, limit: 10) == .end)
        #expect(file.failure?.errno == .operationNotSupportedByDevice)
    }

    @Test func `a scrub is begun by a number above 0 and tells what it found`() throws {
        try tree.echo("1", "/p/scrub")
        for _ in 0..<2000 where tree.pools.pools[0].scrubReport.state == .running { usleep(5000) }
        let text = try tree.cat("/p/scrub")
        #expect(text.hasPrefix("state: done\npages_checked: 2\npages_total: 2\npages_damaged: 0\ndamaged:\nbegan_at: "))
        #expect(text.hasSuffix("\npasses: 1\n"))
        try tree.echo("0", "/p/scrub")
        #expect(try tree.cat("/p/scrub") == text)
        for word in ["", "now", "-1", "1 2"] {
            #expect(errno { () throws(Failure) in try tree.echo(word, "/p/scrub") } == .invalidArgument)
        }
    }
}
