internal import JITFSTestSupport
internal import Locking
internal import PseudoFS
internal import Synchronization
internal import Testing

/// Which changes have which lookouts called.
@Suite struct WatchersTests {
    private final class Counter: Lookout {
        let looks = Atomic<Int>(0)
        func lookAgain() { looks.add(1, ordering: .relaxed) }
        var count: Int { looks.load(ordering: .relaxed) }
    }

    private static func namespace(_ shelves: [Shelf], _ reach: [ChangeReach], _ looking: Watchers.Looking) -> Namespace
    {
        Namespace(
            mounts: shelves.enumerated().map { index, shelf in
                Mount(
                    FileSystem(type: "shelf", root: ShelfTables.shelf, context: shelf, reach: reach[index]),
                    at: "/m\(index)")
            }, looking: looking)
    }

    private func node(_ path: String, in namespace: Namespace) throws(Failure) -> Node {
        try namespace.walk(path.utf8Span.span, caller: Caller()).node
    }

    @Test func `a change has those look whom it may concern`() throws {
        let shelves = [Shelf(), Shelf(), Shelf()]
        for shelf in shelves { for name in ["a", "b"] { try shelf.add(name) } }
        let namespace = Self.namespace(shelves, [.subject, .fileSystem, .everything], .atOnce)
        let paths = ["/m0", "/m0/a", "/m0/b", "/m1", "/m1/a", "/m1/b", "/m2/a", "/"]
        let counters = paths.map { _ in Counter() }
        let tickets = try zip(paths, counters).map { path, counter in
            namespace.watch(try node(path, in: namespace), by: counter)
        }
        func looks(_ change: () throws -> Void) rethrows -> [String] {
            let before = counters.map(\.count)
            try change()
            return zip(paths, counters).enumerated().compactMap { $1.1.count > before[$0] ? $1.0 : nil }
        }
        let mirrors = ["/m2/a", "/"]
        let (first, second) = (["/m0", "/m0/a", "/m0/b"] + mirrors, ["/m1", "/m1/a", "/m1/b"] + mirrors)
        #expect(try looks { namespace.changed(try node("/m0/a/name", in: namespace)) } == ["/m0", "/m0/a"] + mirrors)
        #expect(try looks { namespace.removed(try node("/m0/a", in: namespace)) } == first)
        #expect(try looks { namespace.changed(try node("/m0", in: namespace)) } == first)
        #expect(try looks { namespace.changed(try node("/m1/a/name", in: namespace)) } == second)
        #expect(try looks { namespace.changed(try node("/m2/a/name", in: namespace)) } == paths)
        #expect(looks { namespace.changed(at: "/m1") } == second)
        #expect(looks { namespace.changed(at: "/m10") } == mirrors)
        #expect(looks { namespace.watchers.mark(tickets[2]) } == ["/m0/b"])
        for ticket in tickets { namespace.watchers.remove(ticket) }
        #expect(looks { namespace.changed(at: "/m1") } == [])
        #expect(namespace.watchers.count == 0)
        namespace.watchers.checkInvariants()
    }

    @Test func `lookouts come and go in any order`() throws {
        let seed = Seed.next()
        print("seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let shelf = Shelf()
        for index in 0..<20 { try shelf.add("b\(index)") }
        let namespace = Self.namespace([shelf], [.subject], .atOnce)
        var tickets: [Watchers.Ticket] = []
        for _ in 0..<3000 {
            if tickets.isEmpty || Int.random(in: 0..<5, using: &random) > 1 {
                let path = "/m0/b\(Int.random(in: 0..<20, using: &random))"
                tickets.append(namespace.watch(try node(path, in: namespace), by: Counter()))
            } else {
                tickets.swapAt(Int.random(in: tickets.indices, using: &random), tickets.count - 1)
                namespace.watchers.remove(tickets.removeLast())
            }
            namespace.watchers.checkInvariants()
            #expect(namespace.watchers.count == tickets.count)
        }
        for ticket in tickets { namespace.watchers.remove(ticket) }
        #expect(namespace.watchers.count == 0)
    }

    /// Looks at a number, and rings when it is the last.
    private final class Seeing: Lookout {
        private let box: Box
        private let last: Int
        private let bell: Bell
        private let hasRung = Atomic(false)

        init(_ box: Box, last: Int, _ bell: Bell) {
            self.box = box
            self.last = last
            self.bell = bell
        }

        func lookAgain() {
            guard box.number.load(ordering: .sequentiallyConsistent) == last else { return }
            if !hasRung.exchange(true, ordering: .relaxed) { bell.ring() }
        }
    }

    @Test func `nothing is lost where others change while a thread looks`() throws {
        let shelf = Shelf()
        for index in 0..<8 { try shelf.add("b\(index)") }
        let namespace = Self.namespace([shelf], [.subject], .behind)
        let bell = Bell()
        let nodes = try (0..<8).map { try node("/m0/b\($0)", in: namespace) }
        let boxes = try (0..<8).map { try #require(shelf.box("b\($0)")) }
        var tickets: [Watchers.Ticket] = []
        for (node, box) in zip(nodes, boxes) { tickets.append(namespace.watch(node, by: Seeing(box, last: 500, bell))) }
        var threads = Threads()
        for (node, box) in zip(nodes, boxes) {
            threads.start {
                for value in 1...500 {
                    box.number.store(value, ordering: .sequentiallyConsistent)
                    namespace.changed(node)
                }
            }
        }
        // Others come and go meanwhile.
        threads.start {
            for index in 0..<500 {
                let ticket = namespace.watch(nodes[index % 8], by: Counter())
                namespace.watchers.mark(ticket)
                namespace.watchers.remove(ticket)
            }
        }
        for _ in boxes { bell.wait() }
        threads.join()
        namespace.watchers.checkInvariants()
        for ticket in tickets { namespace.watchers.remove(ticket) }
        #expect(namespace.watchers.count == 0)
    }

    @Test func `a lookout that changes something while it looks is called again, and no deeper`() throws {
        final class Restless: Lookout {
            let namespace: Namespace
            let left = Atomic<Int>(5)
            let depth = Atomic<Int>(0)
            init(_ namespace: Namespace) { self.namespace = namespace }
            func lookAgain() {
                #expect(depth.add(1, ordering: .relaxed).newValue == 1)
                if left.subtract(1, ordering: .relaxed).newValue > 0 { namespace.changed(at: "/m0") }
                depth.subtract(1, ordering: .relaxed)
            }
        }
        let namespace = Self.namespace([Shelf()], [.fileSystem], .atOnce)
        let restless = Restless(namespace)
        let ticket = namespace.watch(try node("/m0", in: namespace), by: restless)
        namespace.changed(at: "/m0")
        #expect(restless.left.load(ordering: .relaxed) == 0)
        namespace.watchers.remove(ticket)
    }
}
