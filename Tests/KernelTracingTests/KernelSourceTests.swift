internal import Bytes
internal import Glibc
internal import JITFSTestSupport
internal import SystemPackage
internal import Testing
internal import TraceEngine

@testable internal import KernelTracing

@Suite struct KernelSourceTests {
    @Test func `the kernel's events are in the catalogue, with ids of ours`() throws {
        let fixture = try KernelFixture()
        let event = try fixture.event("sched/switch")
        #expect(event.origin == .kernel)
        var format = ByteBuffer()
        event.appendFormat(to: &format)
        #expect(format.text.contains("ID: \(event.id)\n"))
        #expect(fixture.engine.catalogue.snapshot.eventsInOrder.map(\.name) == ["switch", "wakeup", "enter"])
    }

    @Test func `nothing is enabled there until somebody wants it, and nothing after the last let go`() throws {
        let fixture = try KernelFixture()
        let (first, second) = (
            try fixture.engine.createInstance(name: "a"), try fixture.engine.createInstance(name: "b")
        )
        let event = try fixture.event("sched/switch")
        #expect(fixture.tracefs.enabled == [])
        try first.setEnabled(event, true)
        #expect(fixture.tracefs.enabled == ["sched/switch"])
        try second.setEnabled(event, true)
        try first.setEnabled(event, false)
        #expect(fixture.tracefs.enabled == ["sched/switch"])
        fixture.source.checkInvariants()
        try fixture.engine.removeInstance(second)
        #expect(fixture.tracefs.enabled == [])
        fixture.source.checkInvariants()
        try first.setAllEnabled(true)
        #expect(fixture.tracefs.enabled == ["sched/switch", "sched/wakeup", "sys/enter"])
        try first.setAllEnabled(false)
        #expect(fixture.tracefs.enabled == [])
        fixture.source.checkInvariants()
    }

    @Test func `a trigger has its event, and the one it enables, turned on there`() throws {
        let fixture = try KernelFixture()
        let event = try fixture.event("sched/switch")
        try fixture.engine.top.addTrigger("enable_event:sys:enter if value > 3".utf8Span.span, of: event)
        #expect(fixture.tracefs.enabled == ["sched/switch", "sys/enter"])
        try fixture.engine.top.addTrigger("!enable_event:sys:enter".utf8Span.span, of: event)
        #expect(fixture.tracefs.enabled == [])
        fixture.tracefs.refuse("sys/enter/enable", with: .notPermitted)
        #expect(throws: FilterRefusal.self) {
            try fixture.engine.top.addTrigger("enable_event:sys:enter".utf8Span.span, of: event)
        }
        #expect(!fixture.engine.top.hasTriggers(event))
        #expect(fixture.tracefs.enabled == [])
        fixture.source.checkInvariants()
        fixture.engine.top.checkInvariants()
    }

    @Test func `what the kernel refuses is the request's error, and nothing of it stays`() throws {
        let fixture = try KernelFixture()
        let (first, second) = (
            try fixture.engine.createInstance(name: "a"), try fixture.engine.createInstance(name: "b")
        )
        try second.setEnabled(try fixture.event("sys/enter"), true)
        fixture.tracefs.refuse("sched/wakeup/enable", with: .notPermitted)
        #expect(throws: Errno.notPermitted) { try first.setAllEnabled(true) }
        #expect(first.enabledCount == 0)
        #expect(fixture.tracefs.enabled == ["sys/enter"])
        fixture.source.checkInvariants()
        fixture.tracefs.refuse("sched/wakeup/enable", with: nil)
        fixture.tracefs.refuse("trace_pipe_raw", with: .tooManyOpenFiles)
        try second.setAllEnabled(false)
        #expect(throws: Errno.tooManyOpenFiles) { try first.setEnabled(try fixture.event("sched/switch"), true) }
        #expect(first.enabledCount == 0 && fixture.tracefs.enabled == [])
        fixture.source.checkInvariants()
    }

    @Test func `without room for its ring buffers an event is not turned on`() throws {
        // Enough for the local buffers of two lanes, and not for the kernel's beside them.
        let fixture = try KernelFixture(buffersBytes: 4 << 20)
        #expect(throws: Errno.noMemory) { try fixture.engine.top.setEnabled(try fixture.event("sched/switch"), true) }
        #expect(fixture.tracefs.enabled == [])
        fixture.source.checkInvariants()
    }

    @Test func `records go to each instance through its own filter`() throws {
        let fixture = try KernelFixture()
        let (first, second) = (
            try fixture.engine.createInstance(name: "a"), try fixture.engine.createInstance(name: "b")
        )
        let event = try fixture.event("sched/switch")
        for instance in [first, second] { try instance.setEnabled(event, true) }
        try first.setFilter("value > 3".utf8Span.span, of: event)
        try second.setFilter("comm == \"two words\" || common_flags == 1".utf8Span.span, of: event)
        fixture.tracefs.put(fixture.page(318, at: 100, [2, 5]).bytes)
        fixture.tracefs.put(fixture.page(318, at: 50, [1, 9], pid: 13).bytes, cpu: 1)
        var flagged = PageBuilder(at: 400)
        flagged.record(type: 318, pid: 12, flags: 0x0101, fields: [3, 0, 0, 0])
        fixture.tracefs.put(flagged.bytes)
        #expect(try fixture.read(first) == ["switch 9", "switch 5"])
        #expect(try fixture.read(second) == ["switch 1", "switch 9", "switch 3"])
    }

    @Test func `a record keeps the kernel's time, CPU, task and flags, and has our id`() throws {
        let fixture = try KernelFixture()
        let instance = fixture.engine.top
        let event = try fixture.event("sched/wakeup")
        try instance.setEnabled(event, true)
        var page = PageBuilder(at: 1_000_000)
        page.record(type: 320, pid: 13, after: 5, flags: 0x2001, fields: [1, 0, 0, 0])
        page.record(type: 999, pid: 13, after: 5, fields: [1, 0, 0, 0])
        fixture.tracefs.put(page.bytes, cpu: 1)
        var cursor = try instance.makeCursor()
        var payload = ByteBuffer()
        #expect(
            cursor.step(into: &payload) == .record(TraceRecordHeader(timestamp: 1_000_005, cpu: 1, source: .kernel)))
        #expect(
            RecordCommon(of: payload.span)
                == RecordCommon(type: event.id, flags: 0x01, preemptCount: 0x20, pid: 13))
        #expect(fixture.engine.comm(forPID: 13, source: .kernel) == "two words")
        #expect(cursor.step(into: &payload) == .empty)
    }

    @Test func `a task of the kernel's is not the connection of that number`() throws {
        let fixture = try KernelFixture()
        try fixture.engine.top.writeMarker("x".utf8Span.span, task: TraceTask(pid: 12, comm: "curl"), lane: 0)
        try fixture.engine.top.setEnabled(try fixture.event("sys/enter"), true)
        fixture.tracefs.put(fixture.page(7, at: 5, [1]).bytes)
        fixture.source.deliver()
        #expect(fixture.engine.comm(forPID: 12) == "curl")
        #expect(fixture.engine.comm(forPID: 12, source: .kernel) == "bash")
        #expect(fixture.engine.comm(forPID: 13) == "two words")
        fixture.tracefs.set("saved_cmdlines", "12 make\n")
        fixture.tracefs.put(fixture.page(7, at: 9, [1]).bytes)
        fixture.source.deliver()
        #expect(fixture.engine.comm(forPID: 12, source: .kernel) == "make")
    }

    @Test func `what was recorded before it was disabled, turned off or cleared is treated as before`() throws {
        let fixture = try KernelFixture()
        let instance = fixture.engine.top
        let event = try fixture.event("sched/switch")
        try instance.setEnabled(event, true)
        fixture.tracefs.put(fixture.page(318, at: 100, [1]).bytes)
        instance.tracingOn = false
        fixture.tracefs.put(fixture.page(318, at: 200, [2]).bytes)
        instance.tracingOn = true
        fixture.tracefs.put(fixture.page(318, at: 300, [3]).bytes)
        try instance.setEnabled(event, false)
        #expect(try fixture.read(instance) == ["switch 1", "switch 3"])
        try instance.setEnabled(event, true)
        fixture.tracefs.put(fixture.page(318, at: 400, [4]).bytes)
        instance.clear()
        fixture.tracefs.put(fixture.page(318, at: 500, [5]).bytes)
        #expect(try fixture.read(instance) == ["switch 5"])
        #expect(instance.statistics(lane: 0).entries == 1)
    }

    @Test func `an instance that enables an event later has no record of before`() throws {
        let fixture = try KernelFixture()
        let event = try fixture.event("sched/switch")
        try fixture.engine.top.setEnabled(event, true)
        fixture.tracefs.put(fixture.page(318, at: 100, [1]).bytes)
        let late = try fixture.engine.createInstance(name: "late")
        try late.setEnabled(event, true)
        #expect(try fixture.read(late) == [])
        #expect(try fixture.read(fixture.engine.top) == ["switch 1"])
    }

    @Test func `what the kernel lost is shown as lost, by pipe, cursor and counters`() throws {
        let fixture = try KernelFixture()
        let (instance, other) = (try fixture.engine.createInstance(name: "a"), fixture.engine.top)
        try instance.setEnabled(try fixture.event("sched/switch"), true)
        try other.writeMarker("x".utf8Span.span, task: TraceTask(pid: 1, comm: "x"), lane: 0)
        fixture.tracefs.put(fixture.page(318, at: 100, [1]).bytes)
        var page = fixture.page(318, at: 200, [2])
        page.lose(70)
        fixture.tracefs.set(overrun: 70, cpu: 0)
        fixture.tracefs.put(page.bytes)
        #expect(try fixture.read(instance) == ["switch 1", "CPU:0 LOST 70", "switch 2"])
        // A page too full for the number: the kernel's counter has it.
        page = fixture.page(318, at: 300, [3])
        page.lose(nil)
        fixture.tracefs.set(overrun: 75, cpu: 0)
        fixture.tracefs.put(page.bytes)
        let pipe = try instance.openPipe()
        #expect(
            fixture.drain(pipe) == ["switch 1", "CPU:0 LOST 70", "switch 2", "CPU:0 LOST 5", "switch 3"])
        #expect(instance.statistics(lane: 0).overrun == 75)
        #expect(other.statistics(lane: 0).overrun == 0)
        #expect(fixture.source.statistics.lost == 75)
    }

    @Test func `losses are told once, however the kernel divides them`() throws {
        let fixture = try KernelFixture()
        try fixture.engine.top.setEnabled(try fixture.event("sched/switch"), true)
        // The counter has gone on already when the first page, which does not say how many, is read.
        fixture.tracefs.set(overrun: 30, cpu: 0)
        var page = fixture.page(318, at: 100, [1])
        page.lose(nil)
        fixture.tracefs.put(page.bytes)
        page = fixture.page(318, at: 200, [2])
        page.lose(20)
        fixture.tracefs.put(page.bytes)
        #expect(fixture.engine.top.statistics(lane: 0).overrun == 30)
    }

    @Test func `who waits is woken by the thread, without anybody asking`() throws {
        let fixture = try KernelFixture()
        let instance = fixture.engine.top
        try instance.setEnabled(try fixture.event("sched/switch"), true)
        let pipe = try instance.openPipe()
        let bell = try WakeDescriptor()
        for round in UInt32(1)...3 {
            pipe.onReadable { bell.wake() }
            if pipe.wait() {
                fixture.tracefs.put(fixture.page(318, at: UInt64(round) * 100, [round]).bytes)
                _ = Descriptor.wait([bell.descriptor])
                bell.clear()
            }
            #expect(fixture.drain(pipe) == ["switch \(round)"])
        }
    }

    @Test func `readers, writers of the kernel and those who enable do not get into each other's way`() throws {
        let fixture = try KernelFixture()
        let switched = try fixture.event("sched/switch")
        let others = [try fixture.event("sched/wakeup"), try fixture.event("sys/enter")]
        let (counting, toggling) = (try fixture.engine.createInstance(name: "c"), fixture.engine.top)
        try counting.setEnabled(switched, true)
        let rounds = 200
        let pages = (0..<rounds).map { fixture.page(318, at: UInt64($0) * 10, [UInt32($0)]).bytes }
        let (tracefs, source) = (fixture.tracefs, fixture.source)
        var threads = Threads()
        threads.start {
            // The pipe holds 16 pages: they must be read before more are put.
            for page in pages {
                tracefs.put(page)
                source.deliver()
            }
        }
        threads.start {
            for round in 0..<rounds { for event in others { try? toggling.setEnabled(event, round % 2 == 0) } }
        }
        threads.start {
            for round in 0..<rounds {
                _ = counting.statistics(lane: 0)
                if round % 10 == 0 { _ = try? counting.openPipe(lane: 1) }
            }
        }
        threads.join()
        #expect(try fixture.read(counting) == (0..<rounds).map { "switch \($0)" })
        #expect(fixture.tracefs.enabled == ["sched/switch"])
        fixture.source.checkInvariants()
    }

    @Test func `events come and go while it runs`() throws {
        let fixture = try KernelFixture()
        fixture.tracefs.addEvent("mod/probe", type: 400)
        fixture.source.lookForEvents()
        let event = try fixture.event("mod/probe")
        try fixture.engine.top.setEnabled(event, true)
        fixture.tracefs.put(fixture.page(400, at: 1, [8]).bytes)
        #expect(try fixture.read(fixture.engine.top) == ["probe 8"])
        try fixture.engine.top.setEnabled(event, false)
        // Another event of that name: the old one's format does not fit it.
        fixture.tracefs.addEvent("mod/probe", type: 401)
        #expect(throws: Errno.operationNotSupportedByDevice) { try fixture.engine.top.setEnabled(event, true) }
        fixture.source.lookForEvents()
        #expect(event.isDead)
        #expect(try fixture.event("mod/probe") !== event)
        fixture.source.checkInvariants()
    }

    @Test func `an event that is gone stays while somebody has it`() throws {
        let fixture = try KernelFixture()
        let event = try fixture.event("sys/enter")
        try fixture.engine.top.setEnabled(event, true)
        fixture.tracefs.removeEvent("sys/enter")
        fixture.tracefs.refuse("sys/enter/enable", with: .noSuchFileOrDirectory)
        fixture.source.lookForEvents()
        #expect(!event.isDead)
        try fixture.engine.top.setEnabled(event, false)
        fixture.source.checkInvariants()
        #expect(throws: Errno.operationNotSupportedByDevice) { try fixture.engine.top.setEnabled(event, true) }
        fixture.source.lookForEvents()
        #expect(event.isDead)
    }

    @Test func `its instance is there from start to end, and those of the dead are removed`() throws {
        let tracefs = FakeTracefs()
        let own = InstanceName()
        let living = "jitfs-\(own.pid)-\(own.start)-900"
        for name in ["jitfs-\(own.pid)-\(own.start + 5)-1", living, "jitfs-mine", "foo"] { tracefs.addInstance(name) }
        let engine = TraceEngine(lanes: 2)
        let source = try KernelSource(try KernelMount("/fake", tracefs), engine: engine)
        #expect(tracefs.instances == [living, "jitfs-mine", "foo", source.instanceName])
        source.close()
        source.close()
        #expect(tracefs.instances == [living, "jitfs-mine", "foo"])
        #expect(tracefs.written.allSatisfy { $0.hasPrefix("instances/jitfs-") })
    }

    @Test func `what cannot be set up is said, and nothing is left behind`() throws {
        let tracefs = FakeTracefs()
        let engine = TraceEngine(lanes: 2)
        tracefs.refuse("trace_clock", with: .notPermitted)
        let mount = try KernelMount("/fake", tracefs)
        #expect(throws: KernelTracingError.self) { _ = try KernelSource(mount, engine: engine) }
        tracefs.refuse("trace_clock", with: nil)
        tracefs.refuse("available_events", with: .ioError)
        #expect(throws: KernelTracingError.self) { _ = try KernelSource(mount, engine: engine) }
        #expect(tracefs.instances == [])
        #expect(throws: KernelTracingError.self) { _ = try KernelMount("/proc/self") }
        tracefs.set("events/header_page", "none")
        #expect(throws: KernelTracingError.self) { _ = try KernelMount("/fake", tracefs) }
    }

    @Test func `after its end an event of the kernel can be enabled no more than any other that nobody fires`() throws {
        let fixture = try KernelFixture()
        try fixture.engine.top.setEnabled(try fixture.event("sched/switch"), true)
        fixture.source.close()
        #expect(fixture.tracefs.instances == [])
        try fixture.engine.top.setEnabled(try fixture.event("sched/switch"), false)
    }
}
