internal import Bytes
internal import Locking
internal import PseudoFS
internal import Synchronization

/// A model for watches: drawers with a value each, things in them that come and go, and numbers without an order.
final class Drawers: Subject, NodeContext {
    let all: [TestDrawer]
    var isDead: Bool { false }
    var identity: UInt64 { 1 }

    init(count: Int) { all = (0..<count).map { TestDrawer($0) } }

    subscript(_ index: Int) -> TestDrawer { all[index] }

    /// The tree: `/d/d0` has the things of the first drawer, `/d/n0` its numbers, `/d/v0` its value.
    func namespace(_ looking: Watchers.Looking) -> Namespace {
        let entries = all.flatMap { drawer -> [DirectoryTableEntry<Drawers>] in
            [
                .directory("d\(drawer.number)", TestDrawer.things) { _ in drawer },
                .directory("n\(drawer.number)", TestDrawer.numbers) { _ in drawer },
                .directory("v\(drawer.number)", TestDrawer.value) { _ in drawer },
            ]
        }
        return Namespace(
            mounts: [
                Mount(
                    FileSystem(
                        type: "drawers", root: DirectoryTable(summary: "Drawers.", entries: entries), context: self,
                        reach: .subject),
                    at: "/d")
            ], lanes: 2, looking: looking)
    }
}

final class TestDrawer: Subject, NodeContext {
    struct State {
        var things: [String: TestThing] = [:]
        var numbers: Set<Int> = []
        var serial: UInt64 = 0
    }

    let number: Int
    let state = Locked(State())
    let value = Atomic<Int>(0)

    init(_ number: Int) { self.number = number }

    var isDead: Bool { false }
    var identity: UInt64 { UInt64(number) + 100 }

    func put(_ name: String) {
        state.withLock { state in
            state.serial += 1
            if state.things[name] == nil {
                state.things[name] = TestThing(name, identity: UInt64(number) << 32 + state.serial, in: self)
            }
        }
    }

    func take(_ name: String) {
        state.withLock { $0.things.removeValue(forKey: name) }?.dead.store(true, ordering: .releasing)
    }

    func number(_ number: Int) { state.withLock { _ = $0.numbers.insert(number) } }
    func forget(_ number: Int) { state.withLock { _ = $0.numbers.remove(number) } }

    var names: [String] { state.withLock { $0.things.keys.sorted() } }

    static let things = DirectoryTable<TestDrawer>(
        summary: "Things.",
        children: .directories(
            TestThing.table, find: { drawer, name in drawer.state.withLock { $0.things[String(repairing: name)] } },
            items: { drawer in
                let things = drawer.state.withLock { Array($0.things.values) }
                return things.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            }, name: { $0.name }, bind: { $1 }),
        make: { drawer, name, _ in drawer.put(name) })

    static let numbers = DirectoryTable<TestDrawer>(
        summary: "Numbers.",
        children: .numberedFiles(
            File<TestDrawer>.attribute(mode: 0o644, summary: "One.", value: { _ in .null }),
            bind: { drawer, _ in drawer },
            next: { drawer, from in drawer.state.withLock { $0.numbers.filter { $0 >= from }.min() } }))

    static let value = DirectoryTable<TestDrawer>(
        summary: "A value.",
        entries: [
            .file(
                "value",
                .attribute(
                    mode: 0o644, summary: "A number.", value: { .integer(Int64($0.value.load(ordering: .relaxed))) },
                    write: { drawer, bytes, _ in
                        drawer.value.store(Int(String(repairing: bytes)) ?? -1, ordering: .sequentiallyConsistent)
                    }))
        ])
}

final class TestThing: Subject, NodeContext {
    let name: String
    let identity: UInt64
    let dead = Atomic(false)
    private unowned let drawer: TestDrawer

    init(_ name: String, identity: UInt64, in drawer: TestDrawer) {
        self.name = name
        self.identity = identity
        self.drawer = drawer
    }

    var isDead: Bool { dead.load(ordering: .acquiring) }

    static let table = DirectoryTable<TestThing>(
        summary: "A thing.",
        entries: [.file("name", .attribute(mode: 0o444, summary: "Its name.", value: { .text($0.name) }))],
        remove: { thing, _ in thing.drawer.take(thing.name) })
}
