internal import Bytes
internal import JITFSTestSupport
internal import PseudoFS
internal import Synchronization
internal import SystemPackage
internal import Testing

@Suite struct EagerNodeTests {
    let shelf = Shelf()

    init() throws {
        for name in ["a", "b", "c"] { try shelf.add(name) }
    }

    /// Nodes of the shelf: itself, its count, and of each box its directory, `inside`, `number`, `name`, perhaps `odd`.
    private var nodeCount: Int {
        shelf.sorted.reduce(2) { $0 + ($1.serial % 2 == 1 ? 5 : 4) }
    }

    @Test func `all nodes are there from the start, and a walk finds them and makes none`() throws {
        let namespace = Namespace.over(shelf, limits: NodeLimits(nodeCountMax: 1), isEager: true)
        #expect(namespace.statistics.eager == nodeCount)
        for path in ["/shelf", "/shelf/count", "/shelf/a", "/shelf/b/inside/number", "/shelf/c/name", "/shelf/a/odd"] {
            let node = try namespace.look(path)
            let found = node.path
            #expect(String(repairing: found.span) == path)
            #expect(try namespace.look(path) === node)
        }
        let statistics = namespace.statistics
        #expect(statistics.live == 0 && statistics.made == 0 && statistics.hits == 12)
        namespace.checkInvariants()
    }

    @Test func `a file of a directory takes no path of its own, and tells it all the same`() throws {
        let namespace = Namespace.over(shelf, isEager: true)
        let number = try namespace.look("/shelf/b/inside/number")
        #expect(number.name == "number")
        let path = number.path
        #expect(String(repairing: path.name) == "number")
        let plain = try Namespace.over(shelf).look("/shelf/b/inside/number")
        #expect(number.inode == plain.inode)
    }

    @Test func `what comes through the tree has nodes at once, and what goes has none`() throws {
        let namespace = Namespace.over(shelf, isEager: true)
        let directory = try namespace.look("/shelf")
        try directory.make("new", CreateRequest())
        namespace.added("new", in: directory)
        #expect(namespace.statistics.eager == nodeCount)
        let box = try namespace.look("/shelf/new")
        let number = try namespace.look("/shelf/new/inside/number")
        try box.remove(Caller())
        namespace.removed(box)
        #expect(number.isGone)
        #expect(namespace.statistics.eager == nodeCount)
        #expect(throws: Failure.self) { try namespace.look("/shelf/new/inside/number") }
        namespace.checkInvariants()
    }

    @Test func `what comes and goes in process is found as ever, and has its nodes once that is told`() throws {
        let namespace = Namespace.over(shelf, isEager: true)
        let before = namespace.statistics.eager
        shelf.remove("a")
        try shelf.add("quiet")
        #expect(throws: Failure.self) { try namespace.look("/shelf/a/name") }
        #expect(try namespace.look("/shelf/quiet/name").read().value == .text("quiet"))
        #expect(namespace.statistics.live == 3)
        #expect(namespace.statistics.eager < before)
        namespace.refresh()
        #expect(namespace.statistics.eager == nodeCount)
        namespace.checkInvariants()
    }

    @Test func `a box of the same name is another`() throws {
        let namespace = Namespace.over(shelf, isEager: true)
        let old = try namespace.look("/shelf/b")
        shelf.remove("b")
        try shelf.add("b")
        let new = try namespace.look("/shelf/b")
        #expect(new !== old && !new.isGone && new.inode != old.inode)
        namespace.refresh()
        #expect(namespace.statistics.eager == nodeCount)
        #expect(try namespace.look("/shelf/b").inode == new.inode)
        namespace.checkInvariants()
    }

    @Test func `pinning such a node is allowed, and changes nothing`() throws {
        let namespace = Namespace.over(shelf, isEager: true)
        let pin = namespace.pin(try namespace.look("/shelf/a/inside/number"))
        #expect(namespace.statistics.pinned == 0)
        withExtendedLifetime(pin) {}
        namespace.checkInvariants()
    }

    @Test func `a node takes at most 160 bytes, tables, paths and bindings included`() throws {
        for index in 0..<2000 { try shelf.add("box-of-some-name-\(index)") }
        let namespace = Namespace.over(shelf, isEager: true)
        let nodes = namespace.statistics[type: "shelffs"]
        #expect(nodes.eager == nodeCount)
        #expect(nodes.bytes <= 160 * nodes.eager)
        #expect(nodes.bytes >= 100 * nodes.eager)
    }

    @Test func `eager and just in time answer the same, whatever is done`() throws {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        let shelves = [Shelf(), Shelf()]
        let trees = [
            Namespace.over(shelves[0], limits: NodeLimits(nodeCountMax: 40), isEager: true),
            Namespace.over(shelves[1], limits: NodeLimits(nodeCountMax: 40)),
        ]
        for step in 0..<20_000 {
            let name = "box\(Int.random(in: 0..<30, using: &random))"
            let leaf = ["", "/name", "/odd", "/inside", "/inside/number", "/none"].randomElement(using: &random) ?? ""
            let path = Int.random(in: 0..<20, using: &random) == 0 ? "/shelf" : "/shelf/\(name)\(leaf)"
            let kind = Int.random(in: 0..<100, using: &random)
            let text = ["0", "1", "x", ""].randomElement(using: &random) ?? ""
            let answers = zip(trees, shelves).map { tree, shelf in
                answer(of: tree, shelf, kind, path: path, name: name, text: text)
            }
            #expect(answers[0] == answers[1], "seed \(seed) step \(step): \(kind) \(path)")
            if step % 100 == 0 { for tree in trees { tree.checkInvariants() } }
        }
        for tree in trees {
            tree.refresh()
            tree.checkInvariants()
        }
        let nodes = shelves[0].sorted.reduce(2) { $0 + ($1.serial % 2 == 1 ? 5 : 4) }
        #expect(trees[0].statistics.eager == nodes, "seed \(seed)")
    }

    /// Does one thing, and says all that can be seen of it.
    private func answer(
        of tree: Namespace, _ shelf: Shelf, _ kind: Int, path: String, name: String, text: String
    ) -> String {
        do throws(Failure) {
            switch kind {
            case 0..<12:
                let directory = try tree.look("/shelf")
                try directory.make(name, CreateRequest())
                tree.added(name, in: directory)
                return "made"
            case 12..<20:
                let box = try tree.look("/shelf/\(name)")
                try box.remove(Caller())
                tree.removed(box)
                return "removed"
            case 20..<24:
                shelf.remove(name)
                return "gone"
            case 24..<27:
                try shelf.add(name)
                return "come"
            case 27: tree.refresh()
            case 28..<45:
                let node = try tree.look(path)
                try node.write(Array(text.utf8).span, WriteRequest())
                tree.changed(node)
                return "written"
            case 45..<60:
                let reader = try tree.look(path).entries()
                var names = ""
                while let entry = reader.next() { names += "\(entry.name) \(entry.declaration.isDirectory) " }
                return names
            case 60..<65:
                let walk = try TreeWalk(below: try tree.look(path), form: .ndjson)
                var out = ByteBuffer()
                while walk.read(into: &out, limit: 100) != .end {}
                return out.text
            default: break
            }
            let node = try tree.look(path)
            let place = node.path
            let value = node.declaration.isDirectory ? "" : "\(try node.read().value)"
            return "\(String(repairing: place.span)) \(node.name) \(node.inode) \(node.isGone) \(value)"
        } catch {
            return "\(error.errno) \(error.reason)"
        }
    }

    @Test func `many threads may walk, make and remove at once`() async throws {
        let namespace = Namespace.over(shelf, lanes: 2, isEager: true)
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask { [shelf] in
                    var random = SeededGenerator(seed: UInt64(worker))
                    for _ in 0..<2000 {
                        let box = "box\(Int.random(in: 0..<20, using: &random))"
                        if let node = try? namespace.look("/shelf/\(box)/inside/number", lane: worker) {
                            _ = try? node.read()
                        }
                        guard Int.random(in: 0..<5, using: &random) == 0,
                            let directory = try? namespace.look("/shelf", lane: worker)
                        else { continue }
                        if let old = try? namespace.look("/shelf/\(box)", lane: worker) {
                            shelf.remove(box)
                            namespace.removed(old)
                        }
                        _ = try? shelf.add(box)
                        namespace.added(box, in: directory)
                    }
                }
            }
        }
        namespace.refresh()
        namespace.checkInvariants()
        #expect(namespace.statistics.eager == nodeCount)
    }
}
