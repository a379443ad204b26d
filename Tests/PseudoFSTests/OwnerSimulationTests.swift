internal import Bytes
internal import JITFSTestSupport
internal import PseudoFS
internal import SystemPackage
internal import Testing

/// The cache, two mounts and the owners of what is in them, under random use, beside dictionaries that say the same.
@Suite struct OwnerSimulationTests {
    /// What there is, in plain words.
    private struct Model {
        /// By path; who has it.
        var boxes: [String: String?] = [:]
        /// When each owner runs out.
        var owners: [String: (end: UInt64, seconds: UInt64?)] = [:]

        mutating func end(_ owner: String) {
            owners[owner] = nil
            boxes = boxes.filter { $0.value != owner }
        }
    }

    @Test func `owners, leases, walks, pins and limits agree with a plain model`() throws {
        let seed = Seed.next()
        for round in 0..<4 { try run(seed: seed &+ UInt64(round)) }
    }

    private func run(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let clock = ManualLeaseClock()
        let owners = Owners(countMax: 6, clock: clock)
        let shelves = ["/shelf": Shelf(), "/more/shelf": Shelf()]
        let namespace = Namespace(
            mounts: shelves.map { path, shelf in
                Mount(FileSystem(type: "shelffs", root: ShelfTables.shelf, context: shelf), at: path)
            },
            limits: NodeLimits(nodeCountMax: 60, reserveCountMax: 1), lanes: 3, owners: owners)
        var model = Model()
        var pins: [NodePin] = []
        for step in 0..<4000 {
            let note = Comment(rawValue: "seed \(seed) step \(step)")
            let directory = shelves.keys.sorted().randomElement(using: &random) ?? ""
            let path = "\(directory)/box\(Int.random(in: 0..<12, using: &random))"
            let name = "owner\(Int.random(in: 0..<8, using: &random))"
            let caller = Caller(lane: Int.random(in: 0..<3, using: &random))
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<30:
                let leaf = ["", "/name", "/inside", "/inside/number"].randomElement(using: &random) ?? ""
                do throws(Failure) {
                    let node = try namespace.walk((path + leaf).utf8Span.span, caller: caller).node
                    #expect(model.boxes[path] != nil, note)
                    if pins.count < 12, Bool.random(using: &random) { pins.append(namespace.pin(node)) }
                } catch {
                    let isMissing = model.boxes[path] == nil
                    #expect(error.errno == .noMemory || isMissing && error.errno == .noSuchFileOrDirectory, note)
                }
            case 30..<50:
                let owner = Bool.random(using: &random) ? try? owners.owner(named: name) : nil
                do throws(Failure) {
                    let walk = try namespace.walk(directory.utf8Span.span, caller: caller, purpose: .change)
                    try walk.admitCreation()
                    let last = String(path.split(separator: "/").last ?? "")
                    try walk.node.make(last, CreateRequest(owner: owner, caller: caller))
                    namespace.changed(walk.node)
                    #expect(model.boxes[path] == nil, note)
                    model.boxes[path] = .some(owner?.name)
                } catch {
                    #expect(error.errno == .noMemory || model.boxes[path] != nil && error.errno == .fileExists, note)
                }
            case 50..<60:
                // A removal is never refused for want of room.
                do throws(Failure) {
                    let walk = try namespace.walk(path.utf8Span.span, caller: caller, purpose: .change)
                    try walk.node.remove(caller)
                    namespace.removed(walk.node)
                    #expect(model.boxes[path] != nil, note)
                } catch {
                    #expect(model.boxes[path] == nil && error.errno == .noSuchFileOrDirectory, note)
                }
                model.boxes[path] = nil
            case 60..<68:
                let seconds: UInt64? = Bool.random(using: &random) ? .random(in: 1...20, using: &random) : nil
                do throws(Failure) {
                    try owners.make(name, seconds: seconds)
                    #expect(model.owners[name] == nil && model.owners.count < 6, note)
                    model.owners[name] = (seconds.map { clock.now + $0 * 1_000_000_000 } ?? .max, seconds)
                } catch {
                    #expect(
                        model.owners[name] != nil
                            ? error.errno == .fileExists
                            : model.owners.count == 6 && error.errno == .tooManyOpenFilesInSystem, note)
                }
            case 68..<74:
                if let lease = owners.lease(named: name.utf8Span.span) { try owners.renew(lease) }
                if let seconds = model.owners[name]?.seconds {
                    model.owners[name]?.end = clock.now + seconds * 1_000_000_000
                }
            case 74..<78:
                if let lease = owners.lease(named: name.utf8Span.span) { try owners.release(lease) }
                model.end(name)
            case 78..<86:
                clock.advance(seconds: Double(Int.random(in: 0..<6, using: &random)))
                for (name, owner) in model.owners where owner.end <= clock.now { model.end(name) }
            case 86..<94: if !pins.isEmpty { pins.remove(at: Int.random(in: 0..<pins.count, using: &random)) }
            default: namespace.nodeCountMax = Int.random(in: 10...60, using: &random)
            }
            check(model, namespace, shelves, pins, note)
        }
        pins.removeAll()
        for name in model.owners.keys.sorted() {
            if let lease = owners.lease(named: name.utf8Span.span) { try owners.release(lease) }
            model.end(name)
        }
        check(model, namespace, shelves, pins, "seed \(seed), at the end")
        #expect(model.boxes.values.allSatisfy { $0 == nil }, "seed \(seed)")
        #expect(namespace.statistics.pinned == 0, "seed \(seed)")
    }

    private func check(
        _ model: Model, _ namespace: Namespace, _ shelves: [String: Shelf], _ pins: [NodePin], _ note: Comment
    ) {
        namespace.checkInvariants()
        namespace.owners.checkInvariants()
        let there = shelves.flatMap { path, shelf in shelf.sorted.map { "\(path)/\($0.name)" } }
        #expect(Set(there) == Set(model.boxes.keys), note)
        #expect(namespace.owners.leases.map(\.owner.name) == model.owners.keys.sorted(), note)
        for lease in namespace.owners.leases {
            #expect(lease.owner.entryCount == model.boxes.values.count { $0 == lease.owner.name }, note)
        }
        // What has gone is pinned by nobody, whoever has a pin on it yet.
        let pinned = Set(pins.filter { !$0.node.isGone }.map { ObjectIdentifier($0.node) })
        #expect(namespace.statistics.pinned <= pinned.count, note)
        let statistics = namespace.statistics
        #expect(statistics.made - statistics.reclaimed == UInt64(statistics.live), note)
    }
}
