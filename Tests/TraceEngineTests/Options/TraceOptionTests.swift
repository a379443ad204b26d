internal import Bytes
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

@Suite struct TraceOptionTests {
    private let fixture = TraceFixture()

    @Test func `an instance takes over the top one's options but for four`() throws {
        let top = fixture.engine.top
        #expect(TraceOption.allCases.count == 30)
        #expect(Set(TraceOption.allCases.map { TraceOptions($0).rawValue }).count == 30)
        try top.set(.raw, true)
        try top.set(.eventFork, true)
        try top.set(.functionFork, true)
        let instance = try fixture.engine.createInstance(name: "a")
        #expect(instance.options.has(.raw) && instance.options.has(.recordCommand))
        for option in [TraceOption.eventFork, .functionFork, .tracePrintkDestination, .copyTraceMarker] {
            #expect(top.options.has(option) && !instance.options.has(option), "\(option)")
        }
        try top.set(.raw, false)
        #expect(instance.options.has(.raw))
    }

    @Test(arguments: [
        "", "bogus", "nobogus", "RAW", "raw hex", "nonoraw", "test_nop_refuse", "notest_nop_refuse", "no",
    ])
    func `what names no option is EINVAL and changes nothing`(_ text: String) throws {
        let instance = try fixture.engine.createInstance(name: "a")
        let before = instance.options
        #expect(throws: Errno.invalidArgument) { try instance.setOption(named: text) }
        #expect(instance.options == before)
    }

    @Test func `every option is set by its name, and cleared by no before it`() throws {
        let instance = try fixture.engine.createInstance(name: "a")
        for option in TraceOption.allCases {
            try instance.setOption(named: option.rawValue)
            #expect(instance.options.has(option))
            try instance.setOption(named: "no" + option.rawValue)
            #expect(!instance.options.has(option))
        }
        try instance.setOption(named: "test_nop_accept")
        #expect(fixture.engine.top.acceptsNopOption)
        try instance.setOption(named: "notest_nop_accept")
        #expect(!fixture.engine.top.acceptsNopOption)
    }

    @Test func `exactly one instance is what trace_printk writes to`() throws {
        let top = fixture.engine.top
        let a = try fixture.engine.createInstance(name: "a")
        let b = try fixture.engine.createInstance(name: "b")
        func holders() -> [Bool] { [top, a, b].map { $0.options.has(.tracePrintkDestination) } }
        #expect(holders() == [true, false, false])
        #expect(throws: Errno.invalidArgument) { try top.set(.tracePrintkDestination, false) }
        try a.set(.tracePrintkDestination, true)
        #expect(holders() == [false, true, false])
        try b.set(.tracePrintkDestination, true)
        #expect(holders() == [false, false, true])
        try b.set(.tracePrintkDestination, false)
        #expect(holders() == [true, false, false])
        try a.set(.tracePrintkDestination, true)
        try fixture.engine.removeInstance(a)
        #expect(holders() == [true, false, false])
        #expect(throws: Errno.operationNotSupportedByDevice) { try a.set(.raw, true) }
    }

    @Test func `markers of the top instance go to those that want copies`() throws {
        let top = fixture.engine.top
        let a = try fixture.engine.createInstance(name: "a")
        try a.set(.copyTraceMarker, true)
        try fixture.mark("both", in: top)
        try a.set(.copyTraceMarker, false)
        try fixture.mark("top", in: top)
        try a.set(.copyTraceMarker, true)
        try top.set(.copyTraceMarker, false)
        try fixture.mark("a", in: top)
        try fixture.mark("own", in: a)
        #expect(try fixture.read(top) == ["both", "top"])
        #expect(try fixture.read(a) == ["both", "a", "own"])
        try fixture.engine.removeInstance(a)
        #expect(throws: Errno.operationNotSupportedByDevice) { try fixture.mark("nobody", in: top) }
    }

    @Test func `without the option markers both kinds are EINVAL`() throws {
        let instance = try fixture.engine.createInstance(name: "a")
        try instance.set(.markers, false)
        #expect(throws: Errno.invalidArgument) { try fixture.mark("x", in: instance) }
        #expect(throws: Errno.invalidArgument) {
            try instance.writeRawMarker(TraceFixture.bytes(8).span, task: fixture.task, lane: 0)
        }
        #expect(instance.entryCounts.written == 0)
    }

    @Test func `a stack stands behind each event, and behind no marker`() throws {
        try fixture.add("jit", "ping")
        let ping = fixture.event("jit", "ping")
        let instance = try fixture.engine.createInstance(name: "a")
        try instance.setEnabled(ping, true)
        try instance.set(.stackTrace, true)
        try fixture.engine.publish(ping, payload: TraceFixture.bytes().span, task: fixture.task, lane: 0)
        try instance.set(.userStackTrace, true)
        try fixture.mark("m", in: instance)
        try instance.write(
            event: ping, payload: TraceFixture.bytes().span, lane: 0, task: fixture.task, evenIfDisabled: true)
        try instance.set(.stackTrace, false)
        try instance.set(.userStackTrace, false)
        try fixture.engine.publish(ping, payload: TraceFixture.bytes().span, task: fixture.task, lane: 0)
        #expect(try types(instance) == [ping.id, 4, 5, ping.id, 4, 13, ping.id])
    }

    @Test func `the trigger records a stack as often as it counts, whatever becomes of the record`() throws {
        try fixture.add("jit", "ping")
        let ping = fixture.event("jit", "ping")
        let instance = try fixture.engine.createInstance(name: "a")
        func fire() throws {
            try fixture.engine.publish(ping, payload: TraceFixture.bytes().span, task: fixture.task, lane: 0)
        }
        try instance.addTrigger("stacktrace:3".utf8Span.span, of: ping)
        try fire()
        #expect(try types(instance) == [4])
        let pipe = try instance.openPipe()
        let calls = ManualTime()
        pipe.onReadable { calls.advance(by: 1) }
        _ = fixture.drain(pipe)
        #expect(pipe.wait())
        try fire()
        #expect(calls.nanoseconds == 1)
        try instance.setEnabled(ping, true)
        instance.tracingOn = false
        try fire()
        instance.tracingOn = true
        try fire()
        #expect(try types(instance) == [4, ping.id])
        var out = ByteBuffer()
        instance.appendTriggers(of: ping, to: &out)
        #expect(out.text == "stacktrace:count=0\n")
    }

    private func types(_ instance: TraceInstance) throws -> [UInt16] {
        var cursor = try instance.makeCursor()
        var payload = ByteBuffer()
        var types: [UInt16] = []
        while case .record = cursor.step(into: &payload) { types.append(UInt16(payload.span[0])) }
        return types
    }

    @Test func `recording pauses while a reader with pause-on-trace reads`() throws {
        let instance = try fixture.engine.createInstance(name: "a")
        try fixture.mark("before", in: instance)
        #expect(!instance.beginPause())
        try instance.set(.pauseOnTrace, true)
        #expect(instance.beginPause() && instance.beginPause())
        #expect(throws: Errno.badFileDescriptor) { try fixture.mark("x", in: instance) }
        instance.endPause()
        #expect(throws: Errno.badFileDescriptor) { try fixture.mark("x", in: instance) }
        instance.endPause()
        try fixture.mark("after", in: instance)
        #expect(try fixture.read(instance) == ["before", "after"])
    }
}
