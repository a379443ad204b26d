internal import Bytes
internal import Testing

@testable internal import TraceEngine

@Suite struct TracepointTests {
    @Test func `a tracepoint calls nobody until its event is enabled, then stores its fields`() throws {
        let fixture = TraceFixture()
        try fixture.add("jitfs", "request", origin: .own)
        let point = Tracepoint(fixture.event("jitfs", "request"), in: fixture.engine, task: fixture.task)
        point.fire(fixedSize: 16) { _ in Issue.record("called while disabled") }
        let instance = try fixture.engine.createInstance(name: "x")
        try instance.setEnabled(point.event, true)
        point.fire(fixedSize: 24) { record in
            record.store(UInt64(0x0102_0304_0506_0708), at: 8)
            record.store(Int32(-2), at: 16)
            record.store(text: "abc".utf8Span.span, at: 20)
        }
        let pipe = try instance.openPipe()
        var payload = ByteBuffer()
        guard case .record = pipe.step(into: &payload) else {
            Issue.record("nothing recorded")
            return
        }
        let id = point.event.id
        var expected: [UInt8] = [UInt8(id & 0xFF), UInt8(id >> 8), 0, 0, 42, 0, 0, 0]
        expected += [8, 7, 6, 5, 4, 3, 2, 1, 0xFE, 0xFF, 0xFF, 0xFF, 24, 0, 4, 0, 0x61, 0x62, 0x63, 0]
        #expect(payload.array == expected)
    }
}
