internal import Bytes
internal import Locking
internal import PseudoFS
internal import Synchronization
internal import SystemPackage

/// A file system whose entries vary, as small as it can be: beds with plants, labels that lead to others.
///
/// Everything is guarded by one lock; a plant knows neither its name nor where it stands.
final class Garden: Sendable {
    enum Kind: Sendable { case bed, plant, label(String) }

    let top = Plant(.bed, serial: 1)
    let serial = Atomic<UInt64>(1)

    func plant(_ kind: Kind) -> Plant { Plant(kind, serial: serial.add(1, ordering: .relaxed).newValue) }

    var fileSystem: FileSystem { FileSystem(type: "gardenfs", root: GardenTables.bed, context: top) }

    /// Makes what is at a path below the top, for tests that need it there.
    @discardableResult
    func put(_ kind: Kind, at path: String) throws(Failure) -> Plant {
        var bed = top
        let names = path.split(separator: "/").map(String.init)
        for name in names.dropLast() { bed = bed.child(name) ?? bed }
        let plant = plant(kind)
        try bed.add(plant, names.last ?? "")
        return plant
    }
}

final class Plant: Subject, NodeContext {
    let kind: Garden.Kind
    let identity: UInt64
    private let dead = Atomic(false)
    private let children = Locked<[String: Plant]>([:])

    init(_ kind: Garden.Kind, serial: UInt64) {
        self.kind = kind
        identity = serial
    }

    var isDead: Bool { dead.load(ordering: .acquiring) }
    func child(_ name: String) -> Plant? { children.withLock { $0[name] } }
    var names: [(String, Plant)] {
        children.withLock { $0.sorted { $0.key.utf8Span.span.precedes($1.key.utf8Span.span) } }
    }

    func add(_ plant: Plant, _ name: String) throws(Failure) {
        let isNew = children.withLock { children in
            if children[name] != nil { return false }
            children[name] = plant
            return true
        }
        if !isNew { throw Failure(.fileExists) }
    }

    /// Takes a plant out from wherever it stands below.
    func take(_ plant: Plant) -> Bool {
        let own = children.withLock { children in
            guard let name = children.first(where: { $0.value === plant })?.key else { return false }
            children[name] = nil
            return true
        }
        return own || names.contains { $0.1.take(plant) }
    }

    func holds(_ plant: Plant) -> Bool { self === plant || names.contains { $0.1.holds(plant) } }

    func die() {
        dead.store(true, ordering: .releasing)
        for (_, child) in names { child.die() }
    }

    func pull(from garden: Garden, tree: Bool) throws(Failure) {
        if !tree, !names.isEmpty { throw Failure(.directoryNotEmpty) }
        if garden.top.take(self) { die() }
    }

    func move(to bed: Plant, _ name: String, in garden: Garden) throws(Failure) {
        if bed.child(name) != nil { throw Failure(.fileExists) }
        if holds(bed) { throw Failure(.invalidArgument, "a bed cannot stand in itself") }
        _ = garden.top.take(self)
        try bed.add(self, name)
    }
}

enum GardenTables {
    /// One garden a test process would be too few: the tables find theirs by the caller's number.
    static let gardens = Locked<[Int: Garden]>([:])

    static func garden(_ caller: Caller) -> Garden { gardens.withLock { $0[caller.cpu] } ?? Garden() }

    static let plant = EntryShape.file(
        File<Plant>.attribute(mode: 0o444, summary: "A plant.", value: { .unsigned($0.identity) }).entry(
            remove: { plant, caller throws(Failure) in try plant.pull(from: garden(caller), tree: false) },
            rename: { plant, bed, name, caller throws(Failure) in
                try plant.move(to: .of(bed), name, in: garden(caller))
            }))
    static let label = EntryShape.file(
        File<Plant>.link(
            summary: "A label.",
            target: { plant, _ in if case .label(let text) = plant.kind { text } else { "" } }
        ).entry(
            remove: { plant, caller throws(Failure) in try plant.pull(from: garden(caller), tree: false) },
            rename: { plant, bed, name, caller throws(Failure) in
                try plant.move(to: .of(bed), name, in: garden(caller))
            }))
    static let bed: DirectoryTable<Plant> = DirectoryTable(
        summary: "A bed.",
        children: .resolved(
            find: { bed, name throws(Failure) in bed.child(String(repairing: name)).map(resolution) },
            entries: { PlantCursor($0.names) }),
        members: ["target"],
        make: { bed, name, request throws(Failure) in
            let target = request.members.first { $0.name == "target" }?.value.stringValue
            try bed.add(garden(request.caller).plant(target.map { .label($0) } ?? .bed), name)
        },
        remove: { bed, caller throws(Failure) in try bed.pull(from: garden(caller), tree: false) },
        removeTree: { bed, caller throws(Failure) in try bed.pull(from: garden(caller), tree: true) },
        rename: { plant, bed, name, caller throws(Failure) in try plant.move(to: .of(bed), name, in: garden(caller)) })

    static func resolution(_ plant: Plant) -> Resolution {
        switch plant.kind {
        case .bed: Resolution(EntryShape.directory(bed), plant)
        case .plant: Resolution(self.plant, plant)
        case .label: Resolution(label, plant)
        }
    }
}

final class PlantCursor: EntryCursor, @unchecked Sendable {
    // Sendable: used by one thread at a time.
    private var left: ArraySlice<(String, Plant)>

    init(_ names: [(String, Plant)]) { left = names[...] }

    func next() -> (name: String, resolution: Resolution)? {
        left.popFirst().map { ($0.0, GardenTables.resolution($0.1)) }
    }

    func seek(after name: Span<UInt8>) {
        while let first = left.first, !name.precedes(first.0.utf8Span.span) { left.removeFirst() }
    }
}

/// Gardens with the tree that shows them: `/g` and `/h`, and a caller who finds the first of them.
struct GardenTree {
    let garden = Garden()
    let other = Garden()
    let namespace: Namespace
    let caller: Caller

    init(limits: NodeLimits = NodeLimits(), isEager: Bool = false) {
        namespace = Namespace(
            mounts: [
                Mount(garden.fileSystem, at: "/g"), Mount(other.fileSystem, at: "/h/far", isEnteredFromAbove: false),
            ],
            limits: limits, eager: isEager ? ["/g"] : [])
        let number = Int(UInt32.random(in: .min ... .max))
        let own = garden
        GardenTables.gardens.withLock { $0[number] = own }
        caller = Caller(cpu: number)
    }

    func node(_ path: String, _ purpose: Namespace.Purpose = .look) throws(Failure) -> Node {
        try namespace.walk(path.utf8Span.span, caller: caller, purpose: purpose).node
    }

    /// The path where a walk ends.
    func place(_ path: String, _ purpose: Namespace.Purpose = .look) throws(Failure) -> String {
        let path = try node(path, purpose).path
        return String(repairing: path.span)
    }

    func names(_ path: String, look: Look = Look()) throws(Failure) -> [String] {
        let reader = try node(path).entries(look)
        var names: [String] = []
        while let entry = reader.next() { names.append(entry.name) }
        return names
    }

    func unite(_ name: String, _ branches: [String]) throws(Failure) {
        try node("/").make(
            name,
            CreateRequest(
                members: [
                    .init(name: "type", value: .string("union")),
                    .init(name: "branches", value: .array(branches.map { .string($0) })),
                ], caller: caller))
    }
}
