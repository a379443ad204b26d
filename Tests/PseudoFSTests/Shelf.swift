internal import Bytes
internal import PseudoFS
internal import Locking
internal import Synchronization
internal import SystemPackage

/// A model small enough to see through: boxes that come and go on a shelf, each with a number inside.
final class Shelf: Subject, NodeContext {
    var isDead: Bool { false }
    var identity: UInt64 { 7 }

    struct State {
        var boxes: [String: Box] = [:]
        var serial: UInt64 = 100
    }
    let state = Locked(State())

    @discardableResult
    func add(_ name: String) throws(Failure) -> Box {
        let made = state.withLock { state -> Box? in
            guard state.boxes[name] == nil else { return nil }
            state.serial += 1
            let box = Box(name: name, serial: state.serial, shelf: self)
            state.boxes[name] = box
            return box
        }
        guard let made else { throw Failure(.fileExists) }
        return made
    }

    func remove(_ name: String) { if let box = box(name) { remove(box) } }

    /// Removes that box, and not one that has its name by now.
    func remove(_ box: Box) {
        let isThere = state.withLock { state in
            guard state.boxes[box.name] === box else { return false }
            state.boxes[box.name] = nil
            return true
        }
        guard isThere else { return }
        box.dead.store(true, ordering: .releasing)
        box.ending.end()
    }

    /// Makes a box that goes with its owner.
    func add(_ name: String, for owner: Owner) throws(Failure) {
        let box = try add(name)
        guard let adoption = owner.adopt({ [self] in remove(box) }) else { throw Owner.unknown(owner.name) }
        box.ending.add { adoption.end() }
    }

    func box(_ name: String) -> Box? { state.withLock { $0.boxes[name] } }
    var sorted: [Box] {
        state.withLock { $0.boxes.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) } }
    }
}

final class Box: Subject, NodeContext {
    let name: String
    let serial: UInt64
    unowned let shelf: Shelf
    let dead = Atomic(false)
    let number = Atomic<Int>(0)
    let ending = Ending()
    init(name: String, serial: UInt64, shelf: Shelf) {
        self.name = name
        self.serial = serial
        self.shelf = shelf
    }
    var isDead: Bool { dead.load(ordering: .acquiring) }
    var identity: UInt64 { serial }
}

enum ShelfTables {
    static let inside = DirectoryTable<Box>(
        summary: "What is inside.",
        entries: [
            .file(
                "number",
                .attribute(
                    mode: 0o644, summary: "A number.", value: { .integer(Int64($0.number.load(ordering: .relaxed))) },
                    write: { context, bytes, _ throws(Failure) in
                        guard let number = Int(String(repairing: bytes.withoutNewline)) else {
                            throw Failure(.invalidArgument, "not a number", subject: .content)
                        }
                        context.number.store(number, ordering: .relaxed)
                    },
                    holds: { $0.number.load(ordering: .relaxed) != 0 },
                    releases: { bytes in bytes.withoutNewline.equals("0") }))
        ])
    static let box = DirectoryTable<Box>(
        summary: "A box.",
        entries: [
            .directory("inside", inside),
            .file("name", .attribute(mode: 0o444, summary: "Its name.", value: { .text($0.name) })),
            .file(
                "odd",
                .attribute(
                    mode: 0o444, summary: "Only in odd ones.", value: { _ in .null }, exists: { $0.serial % 2 == 1 })),
        ],
        remove: { box, _ in box.shelf.remove(box) })
    static let shelf = DirectoryTable<Shelf>(
        summary: "Boxes.",
        entries: [
            .file("count", .attribute(mode: 0o444, summary: "How many.", value: { .integer(Int64($0.sorted.count)) }))
        ],
        children: .directories(
            box, find: { context, name in context.box(String(repairing: name)) }, items: { $0.sorted },
            name: { $0.name }, bind: { _, box in box }),
        members: ["owner"],
        make: { context, name, request throws(Failure) in
            if let owner = request.owner { try context.add(name, for: owner) } else { try context.add(name) }
        })
}

extension Namespace {
    static func over(
        _ shelf: Shelf, limits: NodeLimits = NodeLimits(), lanes: Int = 1, isEager: Bool = false
    ) -> Namespace {
        Namespace(
            mounts: [Mount(FileSystem(type: "shelffs", root: ShelfTables.shelf, context: shelf), at: "/shelf")],
            limits: limits, lanes: lanes, eager: isEager ? ["/shelf"] : [])
    }

    /// Walks and does nothing else.
    func look(_ path: String, lane: Int = 0) throws(Failure) -> Node {
        try walk(path.utf8Span.span, caller: Caller(lane: lane)).node
    }
}
