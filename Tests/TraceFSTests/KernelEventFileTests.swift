internal import Bytes
internal import Locking
internal import PseudoFS
internal import SystemPackage
internal import Testing
internal import TraceEngine

/// The files as they are where a kernel is a source of events.
@Suite struct KernelEventFileTests {
    /// A kernel that refuses what it is told to, and whose events come when it is looked for them.
    private final class Kernel: OutsideEvents {
        struct State {
            var refusal: Errno?
            var calls: [String] = []
            var new: EventCatalogue.Definition?
        }

        let state = Locked(State())
        let engine: TraceEngine

        init(of engine: TraceEngine) { self.engine = engine }

        func update(_ ids: [UInt16]?) throws(Errno) {
            try state.withLock { state throws(Errno) in
                let names = (ids ?? []).compactMap { engine.catalogue.snapshot.event(id: $0) }
                let wanted = names.filter(\.isWanted)
                state.calls.append("update \(wanted.map(\.name))")
                if !wanted.isEmpty, let refusal = state.refusal { throw refusal }
            }
        }

        func deliver() { state.withLock { $0.calls.append("deliver") } }

        func lookForEvents() {
            let new = state.withLock { state in
                defer { state.new = nil }
                return state.new
            }
            if let new { _ = try? engine.catalogue.add([new]) }
        }

        func pipesChanged() { state.withLock { $0.calls.append("\(engine.openPipeCount) pipes") } }

        /// What was called since the last time.
        func calls() -> [String] {
            state.withLock { state in
                defer { state.calls = [] }
                return state.calls
            }
        }
    }

    private let tree: TraceTree
    private let kernel: Kernel

    init() throws {
        tree = try TraceTree()
        kernel = Kernel(of: tree.engine)
        tree.engine.attach(kernel)
        try tree.engine.catalogue.add([Self.definition("switch"), Self.definition("wakeup")])
        try tree.make("a")
    }

    private static func definition(_ name: String) -> EventCatalogue.Definition {
        let format = EventFormatText.own(Array(TraceTree.format(name, "u64 id:8").utf8))
        return .init(system: "sched", name: name, format: format, origin: .kernel)
    }

    private func publish(_ values: [UInt8], at time: UInt64) throws {
        let found = tree.engine.event(system: "sched".utf8Span.span, name: "switch".utf8Span.span)
        let event = try #require(found)
        var page: [UInt8] = []
        var records: [OutsideRecord] = []
        for value in values {
            let start = page.count
            page += [UInt8](repeating: 0xEE, count: 8) + [value, 0, 0, 0, 0, 0, 0, 0]
            records.append(
                OutsideRecord(event: event.id, flags: 1, pid: 42, timestamp: time, bytes: start..<page.count))
        }
        var readers = ReadersToWake()
        tree.engine.publish(records, of: page.span, lane: 1, waking: &readers)
        readers.wake()
    }

    @Test func `what the kernel refuses is 403, and nothing is enabled`() throws {
        kernel.state.withLock { $0.refusal = .notPermitted }
        for path in ["events/sched/switch/enable", "events/sched/enable", "events/enable"] {
            let failure = try #require(throws: Failure.self) { try tree.write("instances/a/" + path, "1") }
            #expect(failure.errno == .notPermitted && failure.subject == .node)
            #expect(try tree.text("instances/a/" + path) == "0\n")
        }
        #expect(try tree.text("instances/a/events/shop/order/enable") == "0\n")
        // What is not the kernel's is none of its business.
        try tree.write("instances/a/events/shop/order/enable", "1")
        #expect(try tree.text("instances/a/events/shop/order/enable") == "1\n")
    }

    @Test func `the kernel is asked before anything is looked at or changed`() throws {
        try tree.write("instances/a/events/sched/switch/enable", "1")
        #expect(kernel.calls() == ["deliver", "update [\"switch\"]"])
        _ = try tree.text("instances/a/trace")
        #expect(kernel.calls() == ["deliver"])
        _ = try tree.text("instances/a/per_cpu/cpu0/stats")
        #expect(kernel.calls() == ["deliver"])
        try tree.write("instances/a/tracing_on", "0")
        #expect(kernel.calls() == ["deliver"])
        try tree.write("instances/a/events/sched/switch/filter", "id == 1")
        #expect(kernel.calls() == ["deliver"])
        try tree.write("instances/a/trace", "")
        #expect(kernel.calls() == ["deliver"])
        try tree.write("instances/a/events/sched/switch/enable", "0")
        #expect(kernel.calls() == ["deliver", "update []"])
        let found = tree.engine.instance(named: "a".utf8Span.span)
        let instance = try #require(found)
        do { try instance.openPipe().close() }
        #expect(kernel.calls() == ["deliver", "1 pipes", "0 pipes"])
    }

    @Test func `records show the kernel's flags, task and CPU, and where it lost some`() throws {
        try tree.write("instances/a/events/sched/switch/enable", "1")
        tree.engine.tasks.save(kernelTasks: [TraceTask(pid: 42, comm: "bash")])
        try publish([1, 2], at: 2_000_000_000)
        tree.engine.publish(lost: 7, lane: 1)
        try publish([3], at: 3_000_000_000)
        let lines = try tree.text("instances/a/trace").split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(
            lines == [
                "            bash-42      [001] d....     2.000000: switch: id=1",
                "            bash-42      [001] d....     2.000000: switch: id=2",
                "CPU:1 [LOST 7 EVENTS]",
                "            bash-42      [001] d....     3.000000: switch: id=3",
            ])
        #expect(try tree.text("instances/a/trace").contains("# entries-in-buffer/entries-written: 3/10 "))
        #expect(try tree.text("instances/a/per_cpu/cpu1/stats").contains("\noverrun: 7\n"))
        #expect(try tree.text("per_cpu/cpu1/stats").contains("\noverrun: 0\n"))
    }

    @Test func `an event that is not known is looked for`() throws {
        #expect(throws: Failure.self) { try tree.text("instances/a/events/mod/probe/id") }
        kernel.state.withLock {
            $0.new = .init(system: "mod", name: "probe", format: Self.definition("probe").format, origin: .kernel)
        }
        #expect(try !tree.text("instances/a/events/mod/probe/id").isEmpty)
        kernel.state.withLock { $0.new = Self.definition("wakeup_new") }
        #expect(try tree.text("available_events").contains("sched:wakeup_new\n"))
    }
}
