internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import Testing

@Suite struct NamespaceTests {
    let shelf = Shelf()

    init() throws {
        for name in ["b", "a", "c"] { try shelf.add(name) }
    }

    @Test func `a walk makes a node for each name, and a second walk makes none`() throws {
        let namespace = Namespace.over(shelf)
        let first = try namespace.look("/shelf/a/inside/number")
        #expect(namespace.statistics.live == 4)
        let second = try namespace.look("/shelf/a/inside/number")
        #expect(first === second)
        #expect(namespace.statistics.made == 4)
        _ = try namespace.look("/shelf/b")
        #expect(namespace.statistics.live == 5)
        namespace.checkInvariants()
    }

    @Test(arguments: [
        ("/shelf/x", Errno.noSuchFileOrDirectory), ("/x", .noSuchFileOrDirectory), ("/shelf/count/x", .notDirectory),
        ("/shelf//a", .invalidArgument), ("shelf", .invalidArgument), ("", .invalidArgument),
        ("/shelf/", .invalidArgument),
        ("/" + String(repeating: "n", count: 256), .fileNameTooLong),
        ("/" + String(repeating: "n/", count: 3000), .fileNameTooLong),
        (String(repeating: "/n", count: 65), .fileNameTooLong),
    ])
    func `a path that leads nowhere says why and leaves no node`(_ path: String, _ errno: Errno) {
        let namespace = Namespace.over(shelf)
        let failure = #expect(throws: Failure.self) { try namespace.look(path) }
        #expect(failure?.errno == errno)
        #expect(namespace.statistics.live == 0)
    }

    @Test(arguments: [
        ("/shelf/x/y", "there is no /shelf/x"), ("/x", "there is no /x"),
        ("/shelf/count/x/y", "/shelf/count is no directory"),
    ])
    func `a path that leads nowhere says where it ends`(_ path: String, _ reason: String) {
        let namespace = Namespace.over(shelf)
        let failure = #expect(throws: Failure.self) { try namespace.look(path) }
        #expect(failure?.reason == reason)
    }

    @Test func `listing and finding make no node`() throws {
        let namespace = Namespace.over(shelf)
        let root = try namespace.look("/")
        let find = try TreeWalk(below: root, form: .text)
        var out = ByteBuffer()
        while find.read(into: &out, limit: 10) != .end {}
        #expect(
            out.text
                == """
                /shelf/
                /shelf/a/
                /shelf/a/inside/
                /shelf/a/inside/number
                /shelf/a/name
                /shelf/b/
                /shelf/b/inside/
                /shelf/b/inside/number
                /shelf/b/name
                /shelf/c/
                /shelf/c/inside/
                /shelf/c/inside/number
                /shelf/c/name
                /shelf/count

                """.replacingOdd(shelf))
        #expect(namespace.statistics.made == 0)
    }

    @Test func `a listing goes on behind any name, there or not`() throws {
        let namespace = Namespace.over(shelf)
        func names(after name: String) throws -> [String] {
            let reader = try namespace.look("/shelf").entries()
            reader.seek(after: name.utf8Span.span)
            var names: [String] = []
            while let entry = reader.next() { names.append(entry.name) }
            return names
        }
        #expect(try names(after: "") == ["a", "b", "c", "count"])
        #expect(try names(after: "a") == ["b", "c", "count"])
        #expect(try names(after: "bb") == ["c", "count"])
        #expect(try names(after: "c") == ["count"])
        #expect(try names(after: "zz") == [])
    }

    @Test func `what was removed is ENODEV to a holder and ENOENT to a walk, and what takes its name is new`() throws {
        let namespace = Namespace.over(shelf)
        let old = try namespace.look("/shelf/a/inside/number")
        let inode = old.inode
        shelf.remove("a")
        let failure = #expect(throws: Failure.self) { try old.read() }
        #expect(failure?.errno == .operationNotSupportedByDevice)
        #expect(throws: Failure.self) { try namespace.look("/shelf/a/inside/number") }
        try shelf.add("a")
        let new = try namespace.look("/shelf/a/inside/number")
        #expect(new !== old)
        #expect(new.inode != inode)
        #expect(try new.read().value == .integer(0))
        namespace.checkInvariants()
    }

    @Test func `an inode number is the same whenever a node is made for the name`() throws {
        let inode = try Namespace.over(shelf).look("/shelf/a/inside/number").inode
        #expect(try Namespace.over(shelf).look("/shelf/a/inside/number").inode == inode)
        #expect(try Namespace.over(shelf).look("/shelf/b/inside/number").inode != inode)
        #expect(try Namespace.over(shelf).look("/shelf/a/name").inode != inode)
    }

    @Test func `removing through a node forgets what was below it in every lane`() throws {
        let namespace = Namespace.over(shelf, lanes: 2)
        _ = try namespace.look("/shelf/a/inside/number", lane: 0)
        _ = try namespace.look("/shelf/a/inside/number", lane: 1)
        #expect(namespace.statistics.live == 8)
        let node = try namespace.look("/shelf/a")
        try node.remove(Caller())
        namespace.removed(node)
        #expect(namespace.statistics.live == 2)
        namespace.checkInvariants()
    }

    @Test func `a write happens only on the value that was expected`() throws {
        let namespace = Namespace.over(shelf)
        let node = try namespace.look("/shelf/a/inside/number")
        let before = try node.read().fingerprint
        try node.write(Array("5".utf8).span, WriteRequest(), expecting: [before])
        let failure = #expect(throws: Failure.self) {
            try node.write(Array("6".utf8).span, WriteRequest(), expecting: [before])
        }
        #expect(failure?.subject == .precondition)
        #expect(try node.read().value == .integer(5))
    }

    @Test func `a refused write leaves the old value`() throws {
        let namespace = Namespace.over(shelf)
        let node = try namespace.look("/shelf/a/inside/number")
        #expect(throws: Failure.self) { try node.write(Array("x".utf8).span, WriteRequest()) }
        #expect(try node.read().value == .integer(0))
        let readOnly = try namespace.look("/shelf/a/name")
        #expect(throws: Failure.self) { try readOnly.write(Array("x".utf8).span, WriteRequest()) }
    }
}

extension String {
    /// Adds the file that only boxes with an odd serial have.
    fileprivate func replacingOdd(_ shelf: Shelf) -> String {
        var text = ""
        for line in split(separator: "\n", omittingEmptySubsequences: true) {
            text += line + "\n"
            for box in shelf.sorted where box.serial % 2 == 1 && line == "/shelf/\(box.name)/name" {
                text += "/shelf/\(box.name)/odd\n"
            }
        }
        return text
    }
}
