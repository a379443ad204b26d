internal import Bytes
internal import Locking
internal import PseudoFS
internal import SystemPackage
internal import Testing

@Suite struct NumberedFileTests {
    let drawer = Drawer()

    private func names(_ namespace: Namespace, after name: String? = nil) throws -> [String] {
        let reader = try namespace.look("/drawer").entries()
        if let name { reader.seek(after: name.utf8Span.span) }
        var names: [String] = []
        while let entry = reader.next() { names.append(entry.name) }
        return names
    }

    private func write(_ text: String, on number: Int, in namespace: Namespace) throws {
        try namespace.look("/drawer/\(number)").write(text.utf8Span.span, WriteRequest())
    }

    @Test func `a number can be written before anything is there, and read then`() throws {
        let namespace = Namespace.over(drawer)
        let node = try namespace.look("/drawer/7")
        var out = ByteBuffer()
        let failure = #expect(throws: Failure.self) { try node.readText(into: &out) }
        #expect(failure?.errno == .noData)
        try node.write("seven".utf8Span.span, WriteRequest())
        try namespace.look("/drawer/7").readText(into: &out)
        #expect(out.text == "seven")
        #expect(try node.read().value == .record([.init("length", .integer(5))]))
        try node.remove(Caller())
        #expect(throws: Failure.self) { try node.read() }
    }

    @Test func `a listing is in the order of the numbers, and has only what is there`() throws {
        let namespace = Namespace.over(drawer)
        for number in [10, 2, 0, 300, 33] { try write("x", on: number, in: namespace) }
        #expect(try names(namespace) == ["0", "2", "10", "33", "300"])
    }

    @Test func `a page of a listing begins behind any number, there or not`() throws {
        let namespace = Namespace.over(drawer)
        for number in [10, 2, 0, 300, 33] { try write("x", on: number, in: namespace) }
        #expect(try names(namespace, after: "2") == ["10", "33", "300"])
        #expect(try names(namespace, after: "3") == ["10", "33", "300"])
        #expect(try names(namespace, after: "300") == [])
        #expect(try names(namespace, after: "99999999999999999999999") == [])
        #expect(try names(namespace, after: "abc") == [])
    }

    @Test(arguments: ["01", "00", "-1", "+1", "0x1", "1 ", "1.5", "x", "١"])
    func `a name that is no plain number is not there`(_ name: String) {
        let failure = #expect(throws: Failure.self) { try Namespace.over(drawer).look("/drawer/\(name)") }
        #expect(failure?.errno == .noSuchFileOrDirectory)
    }

    @Test func `a number that is too large comes as the largest`() throws {
        let namespace = Namespace.over(drawer)
        try namespace.look("/drawer/99999999999999999999").write("x".utf8Span.span, WriteRequest())
        #expect(drawer.cards.withLock { Array($0.keys) } == [.max])
        #expect(try names(namespace) == [String(Int.max)])
    }

    @Test func `no node of a numbered file is kept, whatever the number of files`() throws {
        let namespace = Namespace.over(drawer, limits: NodeLimits(nodeCountMax: 64))
        for number in 0..<1000 { try write("x", on: number, in: namespace) }
        #expect(namespace.statistics.live == 1)
        #expect(namespace.statistics.made == 1)
        #expect(namespace.statistics.reclaimed == 0)
        let pin = namespace.pin(try namespace.look("/drawer/3"))
        #expect(namespace.statistics.pinned == 0)
        withExtendedLifetime(pin) {}
        namespace.checkInvariants()
    }

    @Test func `each has an inode number of its own, the same whenever it is looked at`() throws {
        let namespace = Namespace.over(drawer)
        let inodes = try (0..<100).map { try namespace.look("/drawer/\($0)").inode }
        #expect(Set(inodes).count == 100)
        #expect(try namespace.look("/drawer/5").inode == inodes[5])
    }
}
