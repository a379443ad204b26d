internal import Bytes
internal import Synchronization
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

@Suite struct TracePipeTests {
    @Test func `there is one reader of all lanes, or one a lane`() throws {
        let fixture = TraceFixture()
        let instance = try fixture.engine.createInstance(name: "conf")
        do {
            let whole = try instance.openPipe()
            #expect(throws: Errno.resourceBusy) { _ = try instance.openPipe() }
            #expect(throws: Errno.resourceBusy) { _ = try instance.openPipe(lane: 0) }
            whole.close()
        }
        let first = try instance.openPipe(lane: 0)
        #expect(throws: Errno.resourceBusy) { _ = try instance.openPipe() }
        #expect(throws: Errno.resourceBusy) { _ = try instance.openPipe(lane: 0) }
        #expect(throws: Errno.invalidArgument) { _ = try instance.openPipe(lane: 2) }
        do { _ = try instance.openPipe(lane: 1) }
        try fixture.mark("zero", in: instance, lane: 0)
        try fixture.mark("one", in: instance, lane: 1)
        #expect(fixture.drain(first) == ["zero"])
        first.close()
        #expect(fixture.drain(try instance.openPipe()) == ["one"])
    }

    @Test func `lanes are merged by time`() throws {
        let fixture = TraceFixture(lanes: 4)
        let instance = try fixture.engine.createInstance(name: "conf")
        let pipe = try instance.openPipe()
        for index in 0..<1000 { try fixture.mark("\(index)", in: instance, lane: index * 7 % 4) }
        #expect(try fixture.read(instance) == (0..<1000).map(String.init))
        #expect(fixture.drain(pipe) == (0..<1000).map(String.init))
    }

    @Test func `who waits is called once, by the next record`() throws {
        let fixture = TraceFixture()
        let instance = try fixture.engine.createInstance(name: "conf")
        let pipe = try instance.openPipe()
        let calls = ManualTime()
        pipe.onReadable { calls.advance(by: 1) }
        try fixture.mark("a", in: instance)
        #expect(!pipe.wait())
        #expect(calls.nanoseconds == 0)
        _ = fixture.drain(pipe)
        #expect(pipe.wait())
        try fixture.mark("b", in: instance, lane: 1)
        try fixture.mark("c", in: instance)
        #expect(calls.nanoseconds == 1)
        _ = fixture.drain(pipe)
        #expect(pipe.wait())
        #expect(pipe.cancelWait())
        try fixture.mark("d", in: instance)
        #expect(calls.nanoseconds == 1)
    }

    @Test func `removal ends the pipe and calls who waits`() throws {
        let fixture = TraceFixture()
        let instance = try fixture.engine.createInstance(name: "conf")
        let pipe = try instance.openPipe()
        let calls = ManualTime()
        pipe.onReadable { calls.advance(by: 1) }
        try fixture.mark("lost with the instance", in: instance)
        var payload = ByteBuffer()
        _ = pipe.step(into: &payload)
        #expect(pipe.wait())
        try fixture.engine.removeInstance(instance)
        #expect(calls.nanoseconds == 1)
        #expect(pipe.step(into: &payload) == .ended)
        #expect(!pipe.wait())
        #expect(throws: Errno.operationNotSupportedByDevice) { _ = try instance.openPipe() }
        #expect(throws: Errno.operationNotSupportedByDevice) { _ = try instance.makeCursor() }
        #expect(throws: Errno.operationNotSupportedByDevice) { try fixture.mark("x", in: instance) }
    }

    @Test func `a cursor that follows writers sees what comes, and skips what is gone`() throws {
        let fixture = TraceFixture()
        let instance = try fixture.engine.createInstance(name: "conf")
        try instance.setBufferKilobytes(8)
        try fixture.mark("first", in: instance)
        var cursor = try instance.makeCursor(followsWriters: true)
        var payload = ByteBuffer()
        func next() -> String? {
            guard case .record = cursor.step(into: &payload) else { return nil }
            return TraceFixture.text(payload)
        }
        #expect(next() == "first")
        #expect(next() == nil)
        try fixture.mark("second", in: instance)
        #expect(next() == "second")
        #expect(next() == nil)
        for index in 1000..<2000 { try fixture.mark("\(index)", in: instance) }
        let oldest = try fixture.read(instance)[0]
        #expect(next() == oldest)
        instance.clear()
        try fixture.mark("after", in: instance)
        while let text = next() { if text == "after" { return } }
        Issue.record("the cursor did not find its way")
    }
}
