internal import Bytes
internal import JITFSTestSupport
internal import PseudoFS
internal import Synchronization
internal import SystemPackage
internal import Testing
internal import TraceEngine

/// tracefs with all its nodes beside tracefs with none: nobody can tell which is which.
@Suite struct EagerTraceTests {
    @Test func `an instance has all its nodes when it is made, and none when it is gone`() throws {
        let tree = try TraceTree(isEager: true)
        let before = tree.namespace.statistics.eager
        let instances = try tree.node("instances")
        try instances.make("mine", CreateRequest())
        tree.namespace.added("mine", in: instances)
        let nodes = tree.namespace.statistics
        let walk = try TreeWalk(below: try tree.node("instances/mine"), form: .text)
        var out = ByteBuffer()
        while walk.read(into: &out, limit: 4096) != .end {}
        #expect(nodes.eager - before == out.text.split(separator: "\n").count + 1)
        #expect(nodes.live == 0)
        let mine = try tree.node("instances/mine")
        try mine.remove(tree.caller)
        tree.namespace.removed(mine)
        #expect(tree.namespace.statistics.eager == before)
        tree.namespace.checkInvariants()
    }

    @Test func `an event that a program defines has nodes in every instance`() throws {
        let tree = try TraceTree(isEager: true)
        _ = try tree.engine.createInstance(name: "mine")
        tree.namespace.refresh()
        let before = tree.namespace.statistics.eager
        let events = try tree.node("dynamic_events")
        try events.write(Array("u:shop/sold u64 id".utf8).span, WriteRequest(appends: true))
        tree.namespace.changed(events)
        let made = tree.namespace.statistics.eager - before
        #expect(made == 2 * 8)
        #expect(try tree.value("instances/mine/events/shop/sold/enable") != .null)
        #expect(tree.namespace.statistics.live == 0)
        tree.namespace.checkInvariants()
    }

    @Test func `eager and just in time answer the same, whatever is done`() throws {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        let trees = [try TraceTree(isEager: true), try TraceTree()]
        let changes = [Counter(), Counter()]
        let tickets = try zip(trees, changes).map { tree, counter in
            tree.namespace.watch(try tree.node(""), by: counter)
        }
        let files = [
            "", "tracing_on", "trace", "events", "events/enable", "events/shop", "events/shop/enable",
            "events/shop/order", "events/shop/order/enable", "events/shop/order/filter", "events/shop/order/format",
            "events/shop/order/trigger", "events/jit/ping/id", "events/ftrace/print", "events/ftrace/print/enable",
            "events/user_events/e0/enable", "events/user_events/e1", "options", "options/overwrite", "per_cpu",
            "per_cpu/cpu0/stats", "per_cpu/cpu1", "buffer_size_kb", "set_event", "error_log", "none",
        ]
        for step in 0..<4000 {
            let name = "i\(Int.random(in: 0..<6, using: &random))"
            let file = files.randomElement(using: &random) ?? ""
            let isTop = Int.random(in: 0..<4, using: &random) == 0
            let path = isTop ? file : "instances/\(name)" + (file.isEmpty ? "" : "/\(file)")
            let kind = Int.random(in: 0..<100, using: &random)
            let text = ["0", "1", "qty > 3", "!", "traceoff", ""].randomElement(using: &random) ?? ""
            let event = "user_events/e\(Int.random(in: 0..<3, using: &random))"
            let definition = Bool.random(using: &random) ? "u:\(event) u64 id" : "-:\(event)"
            let answers = trees.map {
                Self.answer(of: $0, kind, path: path, name: name, text: text, definition: definition)
            }
            #expect(answers[0] == answers[1], "seed \(seed) step \(step): \(kind) \(path)")
            #expect(changes[0].value == changes[1].value, "seed \(seed) step \(step): \(kind) \(path)")
            if step % 200 == 0 { for tree in trees { tree.namespace.checkInvariants() } }
        }
        for (tree, ticket) in zip(trees, tickets) {
            tree.namespace.checkInvariants()
            tree.namespace.watchers.remove(ticket)
        }
        #expect(changes[0].value > 0)
    }

    /// Counts how often it was told of changes.
    private final class Counter: Lookout {
        let count = Atomic(0)
        var value: Int { count.load(ordering: .relaxed) }
        func lookAgain() { count.add(1, ordering: .relaxed) }
    }

    /// Does one thing as the front would, and says all that can be seen of it.
    private static func answer(
        of tree: TraceTree, _ kind: Int, path: String, name: String, text: String, definition: String
    ) -> String {
        do throws(Failure) {
            switch kind {
            case 0..<6:
                let directory = try tree.node("instances")
                try directory.make(name, CreateRequest())
                tree.namespace.added(name, in: directory)
                return "made"
            case 6..<10:
                let node = try tree.node("instances/\(name)")
                try node.remove(tree.caller)
                tree.namespace.removed(node)
                return "removed"
            case 10: return (try? tree.engine.createInstance(name: name)) == nil ? "not made" : "made in process"
            case 11..<15:
                let node = try tree.node("dynamic_events")
                try node.write(Array(definition.utf8).span, WriteRequest(appends: true, caller: tree.caller))
                tree.namespace.changed(node)
                return "defined"
            case 15..<35:
                let node = try tree.node(path)
                try node.write(Array(text.utf8).span, WriteRequest(caller: tree.caller))
                tree.namespace.changed(node)
                return "written"
            case 35..<50: return try tree.listing(path)
            case 50..<52:
                let walk = try TreeWalk(below: try tree.node(path), form: .ndjson)
                var out = ByteBuffer()
                while walk.read(into: &out, limit: 4096) != .end {}
                return out.text
            default:
                let node = try tree.node(path)
                let place = node.path
                var value = ""
                if node.declaration.content == .attribute { value = "\(try node.watched().value)" }
                // No inode number: systems of events are numbered over both engines.
                return "\(String(repairing: place.span)) \(node.name) \(node.declaration.mode) \(value)"
            }
        } catch {
            return "\(error.errno) \(error.reason)"
        }
    }
}

extension TraceTree {
    fileprivate func listing(_ path: String) throws(Failure) -> String {
        let reader = try node(path).entries()
        var names = ""
        while let entry = reader.next() { names += "\(entry.name) \(entry.declaration.mode) " }
        return names
    }
}
