internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import Testing

@Suite struct UnionTests {
    let tree = GardenTree()

    init() throws {
        for path in ["top", "top/both", "low", "low/both", "low/deep"] { try tree.garden.put(.bed, at: path) }
        for path in ["top/a", "top/both/x", "low/a", "low/both/y", "low/deep/z", "low/c"] {
            try tree.garden.put(.plant, at: path)
        }
        try tree.unite("all", ["/g/top", "/g/low"])
    }

    @Test func `the names of the branches are merged, and the first one wins`() throws {
        #expect(try tree.names("/all") == ["a", "both", "c", "deep"])
        #expect(try tree.names("/") == ["all", "g", "h"])
        #expect(try tree.place("/all/a") == "/g/top/a")
        #expect(try tree.place("/all/both/x") == "/g/top/both/x")
        #expect(try tree.place("/all/deep/z") == "/g/low/deep/z")
        #expect(try tree.place("/all") == "/all")
        tree.namespace.checkInvariants()
    }

    @Test func `only the top level is unified`() throws {
        #expect(try tree.names("/all/both") == ["x"])
        let failure = #expect(throws: Failure.self) { try tree.node("/all/both/y") }
        #expect(failure?.errno == .noSuchFileOrDirectory)
    }

    @Test func `a link that leads nowhere hides what a lower branch has`() throws {
        try tree.garden.put(.label("nowhere"), at: "top/c")
        let failure = #expect(throws: Failure.self) { try tree.node("/all/c") }
        #expect(failure?.errno == .noSuchFileOrDirectory)
    }

    @Test func `a page of it begins behind a name`() throws {
        let reader = try tree.node("/all").entries()
        reader.seek(after: "both".utf8Span.span)
        #expect(reader.next()?.name == "c")
        #expect(reader.next()?.name == "deep")
        #expect(reader.next() == nil)
    }

    @Test func `changes go to the first branch, and a lower one is not changed`() throws {
        #expect(try tree.place("/all", .create) == "/g/top")
        #expect(try tree.place("/all/a", .change) == "/g/top/a")
        for (path, purpose) in [("/all/c", Namespace.Purpose.change), ("/all/c", .entry), ("/all/deep", .create)] {
            let failure = #expect(throws: Failure.self) { try tree.node(path, purpose) }
            #expect(failure?.errno == .readOnlyFileSystem)
        }
        try tree.node("/all", .create).make("new", CreateRequest(caller: tree.caller))
        #expect(try tree.names("/g/top") == ["a", "both", "new"])
        #expect(try tree.names("/all") == ["a", "both", "c", "deep", "new"])
    }

    @Test func `a branch that has gone has no names`() throws {
        let branch = try tree.node("/g/top", .entry)
        try branch.remove(tree.caller, tree: true)
        tree.namespace.removed(branch)
        #expect(try tree.names("/all") == ["a", "both", "c", "deep"])
        #expect(try tree.place("/all/a") == "/g/low/a")
    }

    @Test func `of branches that may not be looked at nothing is seen`() throws {
        let permits: Namespace.Permission = { !$0.equals("/g/top") && !$0.equals("/g/top/a") }
        #expect(try tree.names("/all", look: Look(permits: permits)) == ["a", "both", "c", "deep"])
        let path = try tree.namespace.walk("/all/a".utf8Span.span, caller: tree.caller, permits: permits).node.path
        #expect(String(repairing: path.span) == "/g/low/a")
        #expect(try tree.names("/all", look: Look(permits: { _ in false })) == [])
    }

    @Test func `a union is removed alone, and a new one of its name is another`() throws {
        let union = try tree.node("/all", .entry)
        let inode = union.inode
        try union.remove(tree.caller)
        tree.namespace.removed(union)
        #expect(union.isGone)
        #expect(throws: Failure.self) { try tree.node("/all/a") }
        #expect(try tree.names("/g/top") == ["a", "both"])
        try tree.unite("all", ["/h/far"])
        #expect(try tree.names("/all") == [])
        #expect(try tree.node("/all").inode != inode)
    }

    @Test func `finding from above does not go into it, and finding in it does`() throws {
        for (path, count) in [("/", 0), ("/all", 6)] {
            let find = try TreeWalk(below: tree.node(path), form: .text)
            var out = ByteBuffer()
            while find.read(into: &out, limit: 10) != .end {}
            let inside = out.text.split(separator: "\n").count { $0.hasPrefix("/all/") && $0 != "/all/" }
            #expect(inside == count)
        }
    }

    @Test(arguments: [
        (["/g/x"], Errno.noSuchFileOrDirectory), (["/g/top/a"], .notDirectory), (["/all"], .invalidArgument),
        (["/"], .invalidArgument), ([], .invalidArgument), (Array(repeating: "/g/top", count: 17), .invalidArgument),
        (["relative"], .invalidArgument), ([""], .invalidArgument),
    ])
    func `what is no union is refused, and nothing is there`(_ branches: [String], _ errno: Errno) throws {
        let failure = #expect(throws: Failure.self) { try tree.unite("bad", branches) }
        #expect(failure?.errno == errno)
        #expect(try tree.names("/") == ["all", "g", "h"])
    }

    @Test func `a name that is taken is refused`() throws {
        for name in ["all", "g", "h"] {
            let failure = #expect(throws: Failure.self) { try tree.unite(name, ["/g/top"]) }
            #expect(failure?.errno == .fileExists)
        }
    }

    @Test func `there are as many as the limit says`() throws {
        let few = GardenTree(limits: NodeLimits(unionCountMax: 1))
        try few.unite("one", ["/g"])
        let failure = #expect(throws: Failure.self) { try few.unite("two", ["/g"]) }
        #expect(failure?.errno == .noSpace)
    }
}
