internal import Bytes
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

@Suite struct LaneMaskTests {
    @Test(arguments: [
        (2, "3", "3"), (2, "1\n", "1"), (2, "0", "0"), (2, "00000002", "2"), (2, "\n", "0"), (2, " 1 ", "1"),
        (8, "fF", "ff"), (9, "1ff", "1ff"), (32, "ffffffff", "ffffffff"), (33, "1,00000000", "1,00000000"),
        (40, "ab,2", "ab,00000002"), (64, "1,2", "00000001,00000002"), (5, "1f\nzz", "1f"),
        // What stands before eight digits is passed over if it is none, as in the kernel.
        (32, "x00000001", "00000001"),
    ])
    func `a mask is shown in digits for each lane there is`(_ lanes: Int, _ text: String, _ shown: String) throws {
        let mask = try LaneMask(parsing: text.utf8Span.span, of: lanes)
        var out = ByteBuffer()
        mask.append(to: &out)
        #expect(out.text == shown)
        #expect(try LaneMask(parsing: out.span, of: lanes) == mask)
    }

    @Test(arguments: [
        (2, "4", Errno.overflow), (2, "zz", .invalidArgument), (2, "0,3", .overflow), (2, "0x1", .invalidArgument),
        (2, "0-1", .invalidArgument), (2, "000000001", .overflow), (33, "2,0", .overflow), (33, "1,1,1", .overflow),
        (40, "1,g", .invalidArgument), (32, "100000000", .overflow),
    ])
    func `what is none says why`(_ lanes: Int, _ text: String, _ errno: Errno) {
        #expect(throws: errno) { _ = try LaneMask(parsing: text.utf8Span.span, of: lanes) }
    }

    @Test func `a lane that is not in it refuses markers and drops events without a count`() throws {
        let fixture = TraceFixture()
        try fixture.add("jit", "ping")
        let ping = fixture.event("jit", "ping")
        let instance = try fixture.engine.createInstance(name: "a")
        #expect(instance.tracedLanes == LaneMask(all: 2))
        try instance.setTracedLanes(LaneMask(parsing: "2".utf8Span.span, of: 2))
        try instance.setEnabled(ping, true)
        #expect(throws: Errno.badFileDescriptor) { try fixture.mark("lost", in: instance, lane: 0) }
        try fixture.mark("one", in: instance, lane: 1)
        for lane in 0..<2 {
            try fixture.engine.publish(ping, payload: TraceFixture.bytes().span, task: fixture.task, lane: lane)
        }
        #expect((0..<2).map { instance.statistics(lane: $0).entries } == [0, 2])
        #expect(instance.statistics(lane: 0).droppedEvents == 0)
        try instance.setTracedLanes(LaneMask(all: 2))
        try fixture.mark("kept", in: instance, lane: 0)
        #expect(try fixture.read(instance, lane: 0) == ["kept"])
    }
}
