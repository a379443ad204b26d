internal import Bytes
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

@Suite struct TraceInstanceTests {
    private func fixture() throws -> (TraceFixture, TraceInstance) {
        let fixture = TraceFixture()
        try fixture.add("task", "task_rename", "task_newtask")
        try fixture.add("jit", "ping", "pong", "spare", origin: .dynamic)
        return (fixture, try fixture.engine.createInstance(name: "conf"))
    }

    private func states(_ instance: TraceInstance, _ fixture: TraceFixture) -> [EnableState] {
        let system = fixture.engine.catalogue.snapshot.system(named: "jit".utf8Span.span)!
        return [instance.enableState(system), instance.enableStateAll]
    }

    @Test func `enabling events one by one and in bulk shows in the states above them`() throws {
        let (fixture, instance) = try fixture()
        let ping = fixture.event("jit", "ping")
        #expect(states(instance, fixture) == [.none, .none])
        #expect(!instance.isMapped)
        try instance.setEnabled(ping, true)
        try instance.setEnabled(ping, true)
        #expect(instance.isMapped)
        #expect(ping.enabledCount == 1)
        #expect(states(instance, fixture) == [.mixed, .mixed])
        try instance.setEnabled(fixture.engine.catalogue.snapshot.systems[0], true)
        #expect(states(instance, fixture) == [.all, .mixed])
        try instance.setAllEnabled(true)
        #expect(states(instance, fixture) == [.all, .all])
        #expect(instance.enabledCount == 5)
        #expect(fixture.engine.activeInstanceCount == 1)
        try instance.setAllEnabled(false)
        #expect(states(instance, fixture) == [.none, .none])
        #expect(ping.enabledCount == 0)
        #expect(fixture.engine.activeInstanceCount == 0)
    }

    @Test(arguments: [
        ("jit:ping", ["ping"]), ("jit:", ["ping", "pong", "spare"]), ("jit:*", ["ping", "pong", "spare"]),
        ("jit", ["ping", "pong", "spare"]), ("ping", ["ping"]), (":ping", ["ping"]), ("*:ping", ["ping"]),
        (":", ["task_rename", "task_newtask", "ping", "pong", "spare"]),
        ("*:*", ["task_rename", "task_newtask", "ping", "pong", "spare"]),
        ("jit:pong\tjit:ping\n task:task_rename", ["task_rename", "ping", "pong"]),
        ("jit !jit:ping", ["pong", "spare"]),
        ("", []), ("\n", []),
    ])
    func `set_event understands the kernel's forms`(_ text: String, _ enabled: [String]) throws {
        let (_, instance) = try fixture()
        try instance.addEvents(text.utf8Span.span)
        #expect(instance.enabledEvents.map(\.name) == enabled)
        try instance.clearEvents()
        #expect(instance.enabledEvents.isEmpty)
    }

    @Test(arguments: [
        "jit:p?ng", "nosuch", "nosuch:", "jit:nosuch", "!jit:nosuch", "!", "*", "jit/ping", ":mod:x", "jit:ping:x",
    ])
    func `set_event refuses what names nothing and keeps what came before`(_ text: String) throws {
        let (_, instance) = try fixture()
        #expect(throws: Errno.invalidArgument) { try instance.addEvents("jit:pong \(text) jit:ping".utf8Span.span) }
        #expect(instance.enabledEvents.map(\.name) == ["pong"])
    }

    @Test func `an event that is enabled somewhere is not removed, and its records go with it`() throws {
        let (fixture, instance) = try fixture()
        let ping = fixture.event("jit", "ping")
        try instance.setEnabled(ping, true)
        try fixture.engine.publish(ping, payload: TraceFixture.bytes().span, task: fixture.task, lane: 0)
        try fixture.mark("unrelated", in: instance)
        try fixture.mark("elsewhere", in: fixture.engine.top)
        #expect(throws: Errno.resourceBusy) { try fixture.engine.remove(ping) }
        #expect(!ping.isDead)
        try instance.setEnabled(ping, false)
        try fixture.engine.remove(ping)
        #expect(instance.entryCounts == (0, 0))
        #expect(try fixture.read(fixture.engine.top) == ["elsewhere"])
        #expect(throws: Errno.operationNotSupportedByDevice) {
            try fixture.engine.publish(ping, payload: TraceFixture.bytes().span, task: fixture.task, lane: 0)
        }
    }

    @Test func `an event made after the first was enabled can be enabled too`() throws {
        let (fixture, instance) = try fixture()
        try instance.setAllEnabled(true)
        let many = (0..<3000).map {
            EventCatalogue.Definition(system: "late", name: "e\($0)", format: .own([]), origin: .dynamic)
        }
        let late = try fixture.engine.catalogue.add(many)
        #expect(instance.enableStateAll == .mixed)
        try instance.setEnabled(late[2999], true)
        #expect(instance.isEnabled(fixture.event("jit", "ping")))
        for event in [late[2999], fixture.event("jit", "ping")] {
            try fixture.engine.publish(event, payload: TraceFixture.bytes().span, task: fixture.task, lane: 1)
        }
        #expect(instance.entryCounts.inBuffer == 2)
    }

    @Test func `markers are EBADF while tracing is off, and long ones become several`() throws {
        let (fixture, instance) = try fixture()
        instance.tracingOn = false
        #expect(throws: Errno.badFileDescriptor) { try fixture.mark("x", in: instance) }
        #expect(!instance.isMapped)
        instance.tracingOn = true
        try fixture.mark(String(repeating: "x", count: 4054 * 2 + 1), in: instance)
        #expect(try fixture.read(instance).map(\.utf8.count) == [4054, 4054, 1])
        try fixture.mark("", in: instance)
        try fixture.mark("line\n", in: instance)
        #expect(try fixture.read(instance).suffix(2) == ["", "line"])
        #expect(fixture.engine.comm(forPID: 42) == "tester")
        #expect(fixture.engine.comm(forPID: 43) == "<...>")
    }

    @Test func `publishing reaches every instance where the event is enabled and tracing is on`() throws {
        let (fixture, first) = try fixture()
        let ping = fixture.event("jit", "ping")
        let others = try (0..<3).map { try fixture.engine.createInstance(name: "\($0)") }
        func publish() throws -> Int {
            try fixture.engine.publish(ping, payload: TraceFixture.bytes().span, task: fixture.task, lane: 5)
        }
        #expect(try publish() == 0)
        for instance in others + [first] { try instance.setEnabled(ping, true) }
        #expect(try publish() == 4)
        others[0].tracingOn = false
        try others[1].setEnabled(ping, false)
        try fixture.engine.removeInstance(others[2])
        #expect(try publish() == 1)
        #expect(first.statistics(lane: 1).entries == 2)
        #expect(ping.enabledCount == 2)
    }

    @Test func `what the kernel wrote is merged with what was written here`() throws {
        let (fixture, instance) = try fixture()
        let ping = fixture.event("jit", "ping")
        try instance.setEnabled(ping, true)
        for index in 0..<5 {
            let late = fixture.time.nanoseconds + 1500
            try fixture.mark("m\(index)", in: instance)
            try fixture.engine.publish(
                ping, payload: TraceFixture.bytes(20).span, task: fixture.task, lane: 0, timestamp: late - 1000,
                source: .kernel)
        }
        var cursor = try instance.makeCursor()
        var payload = ByteBuffer()
        var sizes: [Int] = []
        while case .record = cursor.step(into: &payload) { sizes.append(payload.count) }
        #expect(sizes == [20, 20, 20, 20, 20, 20, 20, 20, 20, 20])
        #expect(instance.statistics(lane: 0).entries == 10)
    }

    @Test func `another clock clears the buffer`() throws {
        let (fixture, instance) = try fixture()
        try fixture.mark("old", in: instance)
        #expect(throws: Errno.invalidArgument) { try instance.setClock(named: "sundial") }
        #expect(try fixture.read(instance) == ["old"])
        try instance.setClock(named: "counter")
        #expect(instance.clock.name == "counter")
        #expect(try fixture.read(instance) == [])
        try fixture.mark("new", in: instance)
        #expect(try fixture.read(instance) == ["new"])
    }

    @Test func `buffers beyond the limit are ENOMEM and change nothing`() throws {
        let fixture = TraceFixture { $0.buffersBytesMax = 355 * 4096 * 3 }
        try fixture.add("jit", "ping")
        let ping = fixture.event("jit", "ping")
        let instance = try fixture.engine.createInstance(name: "one")
        try instance.setEnabled(ping, true)
        #expect(fixture.engine.mappedBytes == 355 * 4096 * 2)
        #expect(throws: Errno.noMemory) { try fixture.engine.top.setEnabled(ping, true) }
        #expect(throws: Errno.noMemory) { try fixture.mark("x", in: fixture.engine.top) }
        #expect(!fixture.engine.top.isEnabled(ping))
        #expect(ping.enabledCount == 1)
        #expect(fixture.engine.mappedBytes == 355 * 4096 * 2)
        #expect(throws: Errno.noMemory) { try instance.setBufferKilobytes(100_000) }
        #expect(instance.bufferKilobytes == 1410)
        try fixture.engine.removeInstance(instance)
        #expect(fixture.engine.mappedBytes == 0)
        try fixture.engine.top.setEnabled(ping, true)
    }
}
