internal import Bytes
internal import JITFSTestSupport
internal import PseudoFS
internal import Synchronization
internal import SystemPackage
internal import Testing

@Suite struct NodeCacheTests {
    let shelf = Shelf()

    init() throws {
        for index in 0..<500 { try shelf.add("box\(index)") }
    }

    @Test func `the cache is bounded, and gives up what was used longest ago`() throws {
        let namespace = Namespace.over(shelf, limits: NodeLimits(nodeCountMax: 50))
        let kept = try namespace.look("/shelf/box0/name")
        for index in 1..<500 {
            _ = try namespace.look("/shelf/box\(index)/inside/number")
            #expect(try namespace.look("/shelf/box0/name") === kept)
            #expect(namespace.statistics.live <= 50)
            namespace.checkInvariants()
        }
        let statistics = namespace.statistics
        #expect(statistics.made - statistics.reclaimed == UInt64(statistics.live))
    }

    @Test func `a pinned node stays, with everything above it`() throws {
        let namespace = Namespace.over(shelf, limits: NodeLimits(nodeCountMax: 20))
        let node = try namespace.look("/shelf/box7/inside/number")
        var pin: NodePin? = namespace.pin(node)
        #expect(namespace.statistics.pinned == 1)
        for index in 10..<200 { _ = try namespace.look("/shelf/box\(index)/name") }
        #expect(try namespace.look("/shelf/box7/inside/number") === node)
        _ = consume pin
        pin = nil
        #expect(namespace.statistics.pinned == 0)
        for index in 200..<400 { _ = try namespace.look("/shelf/box\(index)/name") }
        #expect(try namespace.look("/shelf/box7/inside/number") !== node)
        namespace.checkInvariants()
    }

    @Test func `a full cache of pinned nodes refuses to look, and still lets things be turned off`() throws {
        let namespace = Namespace.over(shelf, limits: NodeLimits(nodeCountMax: 9, reserveCountMax: 3))
        var pins: [NodePin] = []
        for index in 0..<4 { pins.append(namespace.pin(try namespace.look("/shelf/box\(index)/name"))) }
        #expect(namespace.statistics.live == 9)
        let failure = #expect(throws: Failure.self) { try namespace.look("/shelf/box9/inside/number") }
        #expect(failure?.errno == .noMemory)
        let path = "/shelf/box9/inside/number"
        for _ in 0..<10 {
            let walk = try namespace.walk(path.utf8Span.span, caller: Caller(), purpose: .change)
            try walk.admit(write: Array("0\n".utf8).span)
            try walk.node.write(Array("0\n".utf8).span, WriteRequest())
        }
        do throws(Failure) {
            let walk = try namespace.walk(path.utf8Span.span, caller: Caller(), purpose: .change)
            try walk.admit(write: Array("1".utf8).span)
            Issue.record("turning on must not use the reserve")
        } catch {
            #expect(error.errno == .noMemory)
        }
        #expect(namespace.statistics.live == 9)
        #expect(namespace.statistics.refused > 0)
        withExtendedLifetime(pins) {}
        namespace.checkInvariants()
    }

    @Test func `the control file of what is on is kept, until it is off by whatever way`() throws {
        let namespace = Namespace.over(shelf, limits: NodeLimits(nodeCountMax: 12))
        let node = try namespace.look("/shelf/box1/inside/number")
        try node.write(Array("1".utf8).span, WriteRequest())
        namespace.changed(node)
        #expect(namespace.statistics.pinned == 1)
        for index in 10..<100 { _ = try namespace.look("/shelf/box\(index)/name") }
        #expect(try namespace.look("/shelf/box1/inside/number") === node)
        shelf.box("box1")?.number.store(0, ordering: .relaxed)
        var pins: [NodePin] = []
        for index in 100..<105 { pins.append(namespace.pin(try namespace.look("/shelf/box\(index)/name"))) }
        #expect(namespace.statistics.pinned == 5)
        namespace.checkInvariants()
    }

    @Test func `fewer nodes may be asked for at any time`() throws {
        let namespace = Namespace.over(shelf)
        for index in 0..<100 { _ = try namespace.look("/shelf/box\(index)/name") }
        #expect(namespace.statistics.live == 201)
        namespace.nodeCountMax = 30
        #expect(namespace.statistics.live <= 30)
        namespace.checkInvariants()
    }

    @Test func `random walks, pins and removals agree with a plain set`() throws {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        let namespace = Namespace.over(shelf, limits: NodeLimits(nodeCountMax: 60, reserveCountMax: 8), lanes: 3)
        var pins: [NodePin] = []
        for step in 0..<20_000 {
            let box = "box\(Int.random(in: 0..<60, using: &random))"
            let lane = Int.random(in: 0..<3, using: &random)
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<70:
                let leaf = ["", "/name", "/inside", "/inside/number"].randomElement(using: &random) ?? ""
                let exists = shelf.box(box) != nil
                do {
                    let node = try namespace.look("/shelf/\(box)\(leaf)", lane: lane)
                    #expect(exists, "seed \(seed) step \(step)")
                    let path = node.path
                    let text = String(repairing: path.span)
                    #expect(text == "/shelf/\(box)\(leaf)")
                    if pins.count < 10, Int.random(in: 0..<20, using: &random) == 0 { pins.append(namespace.pin(node)) }
                } catch {
                    #expect(!exists || error.errno == .noMemory, "seed \(seed) step \(step)")
                }
            case 70..<80: shelf.remove(box)
            case 80..<90: _ = try? shelf.add(box)
            case 90..<95: if !pins.isEmpty { pins.remove(at: Int.random(in: 0..<pins.count, using: &random)) }
            default: namespace.nodeCountMax = Int.random(in: 40...60, using: &random)
            }
            if step % 50 == 0 { namespace.checkInvariants() }
        }
        pins.removeAll()
        namespace.checkInvariants()
        #expect(namespace.statistics.pinned == 0, "seed \(seed)")
    }

    @Test func `many threads may walk, pin and remove at once`() async throws {
        let namespace = Namespace.over(shelf, limits: NodeLimits(nodeCountMax: 80), lanes: 2)
        await withTaskGroup(of: Void.self) { group in
            for worker in 0..<4 {
                group.addTask { [shelf] in
                    var random = SeededGenerator(seed: UInt64(worker))
                    for _ in 0..<3000 {
                        let box = "box\(Int.random(in: 0..<40, using: &random))"
                        if let node = try? namespace.look("/shelf/\(box)/inside/number", lane: worker) {
                            let pin = namespace.pin(node)
                            _ = try? node.read()
                            withExtendedLifetime(pin) {}
                        }
                        if Int.random(in: 0..<50, using: &random) == 0 {
                            shelf.remove(box)
                            _ = try? shelf.add(box)
                        }
                    }
                }
            }
        }
        namespace.checkInvariants()
        #expect(namespace.statistics.pinned == 0)
        #expect(namespace.statistics.live <= 80)
    }
}
