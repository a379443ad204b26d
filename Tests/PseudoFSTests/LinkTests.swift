internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import Testing

@Suite struct LinkTests {
    let tree = GardenTree()

    init() throws {
        for path in ["a", "a/b"] { try tree.garden.put(.bed, at: path) }
        try tree.garden.put(.plant, at: "a/b/rose")
        try tree.garden.put(.plant, at: "oak")
    }

    @Test(arguments: [
        ("b/rose", "/g/a/b/rose"), ("../oak", "/g/oak"), ("./b/../b/rose", "/g/a/b/rose"), ("/g/oak", "/g/oak"),
        ("../a/b", "/g/a/b"), ("..", "/g"), ("/g", "/g"),
    ])
    func `a link is followed from where it stands`(_ target: String, _ place: String) throws {
        try tree.garden.put(.label(target), at: "a/l")
        #expect(try tree.place("/g/a/l") == place)
        #expect(try tree.place("/g/a/l") == place)
        let isElsewhere = try tree.namespace.walk("/g/a/l".utf8Span.span, caller: tree.caller).isElsewhere
        #expect(isElsewhere)
        tree.namespace.checkInvariants()
    }

    @Test func `a path goes on through a link to a directory`() throws {
        try tree.garden.put(.label("a/b"), at: "short")
        #expect(try tree.place("/g/short/rose") == "/g/a/b/rose")
        #expect(try tree.names("/g/short") == ["rose"])
        let failure = #expect(throws: Failure.self) { try tree.node("/g/short/lily") }
        #expect(failure?.errno == .noSuchFileOrDirectory)
    }

    @Test func `the entry itself is the link`() throws {
        try tree.garden.put(.label("oak"), at: "l")
        let link = try tree.node("/g/l", .entry)
        #expect(link.declaration.kind == .symlink)
        try link.remove(tree.caller)
        tree.namespace.removed(link)
        #expect(throws: Failure.self) { try tree.node("/g/l") }
        #expect(try tree.place("/g/oak") == "/g/oak")
    }

    @Test(arguments: ["..", "../..", "/h/far", "/", "../../h/far", "/gg"])
    func `a link never leaves its mount`(_ target: String) throws {
        try tree.garden.put(.label(target == ".." ? "../.." : target), at: "l")
        let failure = #expect(throws: Failure.self) { try tree.node("/g/l") }
        #expect(failure?.errno == .improperLink)
        #expect(throws: Failure.self) { try tree.node("/g/l/oak") }
    }

    @Test func `links that lead in circles are a loop, and forty in a row are not`() throws {
        try tree.garden.put(.label("m"), at: "l")
        try tree.garden.put(.label("l"), at: "m")
        try tree.garden.put(.label("self/x"), at: "self")
        for path in ["/g/l", "/g/m/x", "/g/self"] {
            let failure = #expect(throws: Failure.self) { try tree.node(path) }
            #expect(failure?.errno == .tooManySymbolicLinkLevels)
        }
        for number in 1...41 { try tree.garden.put(.label(number == 1 ? "oak" : "s\(number - 1)"), at: "s\(number)") }
        #expect(try tree.place("/g/s40") == "/g/oak")
        let failure = #expect(throws: Failure.self) { try tree.node("/g/s41") }
        #expect(failure?.errno == .tooManySymbolicLinkLevels)
    }

    @Test func `a link that leads nowhere is not there, and still can be removed`() throws {
        try tree.garden.put(.label("gone"), at: "l")
        let failure = #expect(throws: Failure.self) { try tree.node("/g/l") }
        #expect(failure?.errno == .noSuchFileOrDirectory)
        #expect(try tree.place("/g/l", .entry) == "/g/l")
        #expect(try tree.names("/g") == ["a", "l", "oak"])
    }

    @Test func `what may not be looked at is not reached through a link`() throws {
        try tree.garden.put(.label("a/b/rose"), at: "l")
        let failure = #expect(throws: Failure.self) {
            _ = try tree.namespace.walk("/g/l".utf8Span.span, caller: tree.caller) { !$0.equals("/g/a/b/rose") }
        }
        #expect(failure?.errno == .permissionDenied)
    }

    @Test func `a listing says where a link leads, and finding does not follow it`() throws {
        try tree.garden.put(.label("a"), at: "l")
        let reader = try tree.node("/g").entries()
        var targets: [String: String] = [:]
        while let entry = reader.next() { targets[entry.name] = entry.target }
        #expect(targets == ["l": "a"])
        let find = try TreeWalk(below: tree.node("/"), form: .text)
        var out = ByteBuffer()
        while find.read(into: &out, limit: 10) != .end {}
        #expect(out.text == "/g/\n/g/a/\n/g/a/b/\n/g/a/b/rose\n/g/l\n/g/oak\n/h/\n/h/far/\n")
    }

    @Test func `after a renaming the old path leads nowhere and the new one there`() throws {
        let rose = try tree.node("/g/a/b/rose")
        let bed = try tree.node("/g/a/b", .entry)
        try bed.rename(to: tree.node("/g", .create), "c", tree.caller)
        tree.namespace.renamed(bed)
        #expect(throws: Failure.self) { try tree.node("/g/a/b/rose") }
        #expect(try tree.place("/g/c/rose") == "/g/c/rose")
        #expect(try tree.node("/g/c/rose").read().value == rose.read().value)
        tree.namespace.checkInvariants()
    }

    @Test(arguments: [false, true])
    func `after a renaming in process the old path leads nowhere, in an eager mount too`(_ isEager: Bool) throws {
        let tree = GardenTree(isEager: isEager)
        try tree.garden.put(.bed, at: "a")
        let oak = try tree.garden.put(.plant, at: "a/oak")
        tree.namespace.refresh()
        _ = try tree.node("/g/a/oak")
        try oak.move(to: tree.garden.top, "elm", in: tree.garden)
        tree.namespace.renamed(from: "/g/a/oak".utf8Span.span)
        #expect(throws: Failure.self) { try tree.node("/g/a/oak") }
        #expect(try tree.place("/g/elm") == "/g/elm")
        tree.namespace.checkInvariants()
    }
}
