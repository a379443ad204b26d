internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import Testing

@Suite struct NamedFileTests {
    let shelf = Shelf()
    let namespace: Namespace

    init() throws {
        for name in ["b", "a", "c"] { try shelf.add(name) }
        let table = DirectoryTable<Shelf>(
            summary: "The boxes, as files.",
            children: .files(
                .attribute(mode: 0o444, summary: "A box.", value: { .text($0.name) }),
                names: { $0.sorted.map(\.name).reversed() }, bind: { shelf, name in shelf.box(name) }))
        namespace = Namespace(
            mounts: [Mount(FileSystem(type: "shelffs", root: table, context: shelf), at: "/shelf")])
    }

    @Test func `there is a file for each item`() throws {
        let reader = try namespace.look("/shelf").entries()
        var names: [String] = []
        while let entry = reader.next() {
            #expect(entry.declaration.kind == .file)
            names.append(entry.name)
            #expect(reader.reading()?.value == .text(entry.name))
        }
        #expect(names == ["a", "b", "c"])
        #expect(try namespace.look("/shelf/b").read().value == .text("b"))
    }

    @Test func `what goes is not there any more, and what was walked to says so`() throws {
        let node = try namespace.look("/shelf/b")
        shelf.remove("b")
        #expect(throws: Failure.self) { try node.read() }
        let failure = #expect(throws: Failure.self) { try namespace.look("/shelf/b") }
        #expect(failure?.errno == .noSuchFileOrDirectory)
        namespace.checkInvariants()
    }
}
