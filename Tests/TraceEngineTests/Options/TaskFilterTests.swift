internal import Bytes
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

@Suite struct TaskFilterTests {
    private let fixture = TraceFixture()
    private let instance: TraceInstance
    private let ping: TraceEvent

    init() throws {
        try fixture.add("jit", "ping")
        ping = fixture.event("jit", "ping")
        instance = try fixture.engine.createInstance(name: "a")
        try instance.setEnabled(ping, true)
    }

    private func add(_ text: String, untraced: Bool = false) throws(Errno) {
        try instance.addTasks(text.utf8Span.span, untraced: untraced)
    }

    /// Whose of the records by 1 to 4 are taken.
    private func taken() throws -> [Int32] {
        instance.clear()
        for pid: Int32 in 1...4 {
            try fixture.engine.publish(
                ping, payload: TraceFixture.bytes().span, task: TraceTask(pid: pid, comm: "t"), lane: 0)
        }
        var cursor = try instance.makeCursor()
        var payload = ByteBuffer()
        var pids: [Int32] = []
        while case .record = cursor.step(into: &payload) { pids.append(Int32(payload.span[4])) }
        return pids
    }

    @Test func `pids are sorted, come once, in any base, and are added`() throws {
        try add("456 123\n0x10 010 +7 123\t")
        #expect(instance.tracedTasks == [7, 8, 16, 123, 456])
        try add("1")
        #expect(instance.tracedTasks == [1, 7, 8, 16, 123, 456])
        try add("  ")
        try add("4294967297")
        #expect(instance.tracedTasks == [1, 7, 8, 16, 123, 456])
        #expect(instance.untracedTasks == [])
        try instance.clearTasks(untraced: false)
        #expect(instance.tracedTasks == [])
    }

    @Test(arguments: [
        ("abc", Errno.invalidArgument), ("-1", .invalidArgument), ("12 abc 34", .invalidArgument),
        ("1,2", .invalidArgument),
        ("99999999999", .notPermitted), ("1 1073741824", .notPermitted), ("99999999999999999999999", .invalidArgument),
    ])
    func `a bad one leaves the list as it was`(_ text: String, _ errno: Errno) throws {
        try add("5")
        #expect(throws: errno) { try add(text) }
        #expect(instance.tracedTasks == [5])
        try add("1073741823")
    }

    @Test func `only listed tasks are taken, and never those of the other list`() throws {
        #expect(try taken() == [1, 2, 3, 4])
        try add("2 3 9")
        #expect(try taken() == [2, 3])
        try add("3", untraced: true)
        #expect(try taken() == [2])
        try instance.clearTasks(untraced: false)
        #expect(try taken() == [1, 2, 4])
        try instance.clearTasks(untraced: true)
        #expect(try taken() == [1, 2, 3, 4])
        instance.checkInvariants()
    }

    @Test func `markers are of no task that is asked for, and injected events are`() throws {
        try add("7")
        try fixture.mark("m", in: instance)
        let isTaken = try instance.write(
            event: ping, payload: TraceFixture.bytes().span, lane: 0, task: fixture.task, evenIfDisabled: true)
        #expect(!isTaken)
        #expect(try fixture.read(instance) == ["m"])
    }

    @Test func `what waits for a record is not pulled by one that is not taken`() throws {
        try add("2")
        try instance.addTrigger("traceoff".utf8Span.span, of: ping)
        try fire(1)
        #expect(instance.tracingOn)
        try fire(2)
        #expect(!instance.tracingOn)
        try instance.addTrigger("!traceoff".utf8Span.span, of: ping)
        // What any record pulls is pulled before anybody asks whose it is.
        try instance.addTrigger("traceon".utf8Span.span, of: ping)
        try fire(1)
        #expect(instance.tracingOn)
    }

    private func fire(_ pid: Int32) throws {
        try fixture.engine.publish(
            ping, payload: TraceFixture.bytes().span, task: TraceTask(pid: pid, comm: "t"), lane: 0)
    }
}
