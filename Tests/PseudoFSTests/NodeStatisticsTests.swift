internal import JITFSTestSupport
internal import PseudoFS
internal import SystemPackage
internal import Testing

@Suite struct NodeStatisticsTests {
    private static func tree(_ shelves: [Shelf], limit: Int = 65536, lanes: Int = 2) -> Namespace {
        Namespace(
            mounts: [
                Mount(FileSystem(type: "shelffs", root: ShelfTables.shelf, context: shelves[0]), at: "/one"),
                Mount(FileSystem(type: "shelffs", root: ShelfTables.shelf, context: shelves[1]), at: "/two/deep"),
                Mount(FileSystem(type: "cupboardfs", root: ShelfTables.shelf, context: shelves[2]), at: "/three"),
            ], limits: NodeLimits(nodeCountMax: limit), lanes: lanes)
    }

    @Test func `nodes are counted by the type of their file system, and what stands above mounts is rootfs`() throws {
        let shelves = [Shelf(), Shelf(), Shelf()]
        for shelf in shelves { try shelf.add("box") }
        let tree = Self.tree(shelves)
        #expect(tree.statistics.parts.map(\.type) == ["rootfs", "shelffs", "cupboardfs"])
        _ = try tree.look("/one/box/name")  // 3
        _ = try tree.look("/two/deep/box")  // 2, and one above them
        let pin = tree.pin(try tree.look("/three/box/inside/number", lane: 1))  // 4
        let statistics = tree.statistics
        #expect(statistics[type: "shelffs"].live == 5)
        #expect(statistics[type: "cupboardfs"].live == 4)
        #expect(statistics[type: "rootfs"].live == 1)
        #expect(statistics[type: "cupboardfs"].pinned == 1 && statistics.pinned == 1)
        #expect(statistics[type: "nonefs"] == NodeCounts())
        shelves[2].remove("box")
        #expect(throws: Failure.self) { try tree.look("/three/box/inside/number", lane: 1) }
        #expect(tree.statistics[type: "cupboardfs"].reclaimed == 3)
        withExtendedLifetime(pin) {}
        tree.checkInvariants()
    }

    @Test func `bytes grow with nodes, go with them, and are no fewer than a node takes`() throws {
        let shelf = Shelf()
        for index in 0..<300 { try shelf.add("box\(index)") }
        let tree = Self.tree([shelf, Shelf(), Shelf()], lanes: 1)
        let empty = tree.statistics
        #expect(empty.bytes > 0 && empty[type: "shelffs"].bytes == 0)
        for index in 0..<300 { _ = try tree.look("/one/box\(index)/inside/number") }
        let full = tree.statistics[type: "shelffs"]
        #expect(full.live == 901)
        // A node with its slot and words is 128 bytes; three of them share a path and a binding.
        #expect(full.bytes >= 128 * full.live + 300 * (64 + 48))
        #expect(full.bytes <= 200 * full.live)
        tree.nodeCountMax = 0
        #expect(tree.statistics[type: "shelffs"].bytes == 0)
        tree.checkInvariants()
    }

    @Test func `whatever is done, the file systems sum to the whole`() throws {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        let shelves = [Shelf(), Shelf(), Shelf()]
        let tree = Self.tree(shelves, limit: 50)
        var pins: [NodePin] = []
        for step in 0..<10_000 {
            let shelf = Int.random(in: 0..<3, using: &random)
            let box = "box\(Int.random(in: 0..<20, using: &random))"
            let leaf = ["", "/name", "/inside/number"].randomElement(using: &random) ?? ""
            switch Int.random(in: 0..<20, using: &random) {
            case 0: shelves[shelf].remove(box)
            case 1, 2: _ = try? shelves[shelf].add(box)
            case 3: if !pins.isEmpty { pins.removeFirst() }
            default:
                let path = ["/one", "/two/deep", "/three"][shelf] + "/\(box)\(leaf)"
                let node = try? tree.look(path, lane: Int.random(in: 0..<2, using: &random))
                if let node, pins.count < 8, step % 10 == 0 { pins.append(tree.pin(node)) }
            }
            if step % 50 == 0 { tree.checkInvariants() }
        }
        let statistics = tree.statistics
        #expect(statistics.parts.reduce(0) { $0 + $1.nodes.live } == statistics.live, "seed \(seed)")
        #expect(statistics.made - statistics.reclaimed == UInt64(statistics.live), "seed \(seed)")
        pins.removeAll()
        tree.nodeCountMax = 0
        let rest = tree.statistics
        #expect(rest.live == 0 && rest.pinned == 0, "seed \(seed)")
        #expect(rest.parts.dropFirst().allSatisfy { $0.nodes.bytes == 0 }, "seed \(seed)")
        tree.checkInvariants()
    }
}
