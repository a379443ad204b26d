import Bytes
import PseudoFS
import TraceEngine

extension Benchmark {
    /// Everything in the cache pinned, and then tracing turned off by every way there is, round after round.
    static let reserve = Benchmark(name: "reserve") { fixture, scale in
        let namespace = fixture.server.namespace
        let engine = fixture.server.engine
        let limit = namespace.nodeCountMax
        let fillers = try paths(below: "/tracing/events", in: namespace, count: 2000)
        namespace.nodeCountMax = 1024
        defer { namespace.nodeCountMax = limit }
        let rounds = scale.count(1000, small: 3)
        var (asked, refused, lookedUp) = (0, 0, 0)
        for round in 0..<rounds {
            let name = "reserve\(round)"
            let instance = try engine.createInstance(name: name)
            try instance.setAllEnabled(true)
            let lease = try namespace.owners.make(name)
            let owned = try engine.createInstance(name: name + ".owned")
            lease.owner.adopt { try? engine.removeInstance(owned) }
            let pins = pin(fillers, in: namespace)
            let top = "/tracing/instances/" + name
            // That nothing else can be had is what makes it a round.
            do throws(Failure) {
                _ = try namespace.walk((top + "/trace_clock").utf8Span.span, caller: Caller())
                lookedUp += 1
            } catch {}
            for (path, text) in [
                (top + "/events/sched/sched_switch/trigger", "!traceoff"),
                (top + "/events/sched/sched_switch/enable", "0"), (top + "/events/sched/enable", "0"),
                (top + "/events/enable", "0"), (top + "/set_event", ""), (top + "/tracing_on", "0"),
                (top, nil), ("/sys/fs/jitfs/owners/" + name, nil),
            ] as [(String, String?)] {
                asked += 1
                do throws(Failure) { try turnOff(path, text, in: namespace) } catch { refused += 1 }
            }
            precondition(instance.isDead && owned.isDead || refused > 0, "what was not refused has been done")
            withExtendedLifetime(pins) {}
        }
        precondition(lookedUp == 0, "the cache was not full")
        return [
            Row(
                row: "\(rounds) rounds of pin everything, then turn off: \(asked) changes, refused", asked: "0",
                measured: "\(refused)")
        ]
    }

    /// Writes, or removes where there is nothing to be written.
    private static func turnOff(_ path: String, _ text: String?, in namespace: Namespace) throws(Failure) {
        let caller = Caller()
        guard let text else {
            let walk = try namespace.walk(path.utf8Span.span, caller: caller, purpose: .entry)
            try walk.node.remove(caller)
            return namespace.removed(walk.node)
        }
        let bytes = Array(text.utf8)
        let walk = try namespace.walk(path.utf8Span.span, caller: caller, purpose: .change)
        try walk.admit(write: bytes.span)
        try walk.node.write(bytes.span, WriteRequest(appends: text.hasPrefix("!"), caller: caller))
        namespace.changed(walk.node)
    }

    private static func pin(_ paths: [String], in namespace: Namespace) -> [NodePin] {
        paths.compactMap { path in
            guard let walk = try? namespace.walk(path.utf8Span.span, caller: Caller()) else { return nil }
            return namespace.pin(walk.node)
        }
    }

    private static func paths(below directory: String, in namespace: Namespace, count: Int) throws -> [String] {
        let walk = try TreeWalk(
            below: try namespace.walk(directory.utf8Span.span, caller: Caller()).node, form: .text)
        var text = ByteBuffer()
        while text.count < count * 80, walk.read(into: &text, limit: 16384) != .end {}
        let lines = text.text.split(separator: "\n").prefix(count)
        return lines.map { $0.hasSuffix("/") ? String($0.dropLast()) : String($0) }
    }
}
