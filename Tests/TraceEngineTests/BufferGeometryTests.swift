internal import Bytes
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

@Suite struct BufferGeometryTests {
    private let fixture = TraceFixture()
    private let instance: TraceInstance

    init() throws { instance = try fixture.engine.createInstance(name: "a") }

    @Test(arguments: [
        (1, 4), (3, 4), (4, 4), (5, 8), (8, 8), (9, 16), (64, 64), (65, 128), (128, 128), (129, 256), (512, 512),
    ])
    func `a sub-buffer's size is the next power of two, and the buffer's stays as it was asked for`(
        _ kilobytes: UInt64, _ shown: Int
    ) throws {
        try instance.setSubBufferKilobytes(kilobytes)
        #expect(instance.subBufferSize == shown * 1024)
        #expect(instance.bufferKilobytes == 1410)
        try instance.setBufferKilobytes(64)
        let data = shown * 1024 - 16
        #expect(instance.bufferKilobytes == max(2, (65536 + data - 1) / data) * data / 1024)
    }

    @Test(arguments: [0, 513, 1024, UInt64.max])
    func `what is none is EINVAL`(_ kilobytes: UInt64) throws {
        #expect(throws: Errno.invalidArgument) { try instance.setSubBufferKilobytes(kilobytes) }
        #expect(instance.subBufferSize == 4096)
    }

    @Test func `another size clears the buffers, the same one does not, and records fill the larger pages`() throws {
        try instance.setBufferKilobytes(64)
        try fixture.mark("before", in: instance)
        try instance.setSubBufferKilobytes(4)
        #expect(try fixture.read(instance) == ["before"])
        try instance.setSubBufferKilobytes(16)
        #expect(try fixture.read(instance) == [])
        for index in 0..<5000 { try fixture.mark("n\(10000 + index)", in: instance) }
        let texts = try fixture.read(instance)
        #expect(texts.last == "n14999")
        // Whole pages are given up: 5 of 16 KiB hold 67 KiB and more.
        #expect(texts.count > 2300 && texts.count < 3000)
        #expect(UInt64(texts.count) + instance.statistics(lane: 0).overrun == 5000)
        for ring in instance.peek({ $0?.rings ?? [] }) { ring.checkInvariants() }
        let pipe = try instance.openPipe()
        #expect(fixture.drain(pipe).last == "n14999")
    }

    @Test func `a cursor goes on over a change of the size`() throws {
        for index in 0..<10 { try fixture.mark("\(index)", in: instance) }
        var cursor = try instance.makeCursor(followsWriters: true)
        var payload = ByteBuffer()
        _ = cursor.step(into: &payload)
        try instance.setSubBufferKilobytes(32)
        try fixture.mark("after", in: instance)
        var texts: [String] = []
        while case .record = cursor.step(into: &payload) { texts.append(TraceFixture.text(payload)) }
        #expect(texts.last == "after")
    }

    @Test func `where the budget has no room for larger pages nothing is lost but what was in the buffers`() throws {
        let small = TraceFixture { $0.buffersBytesMax = 100_000 }
        let instance = try small.engine.createInstance(name: "a")
        try instance.setBufferKilobytes(32)
        try small.mark("x", in: instance)
        let mapped = small.engine.mappedBytes
        #expect(throws: Errno.noMemory) { try instance.setSubBufferKilobytes(64) }
        #expect(instance.subBufferSize == 4096)
        #expect(small.engine.mappedBytes == mapped)
        try small.mark("y", in: instance)
        for ring in instance.peek({ $0?.rings ?? [] }) { ring.checkInvariants() }
    }

    @Test func `free_buffer leaves the smallest buffer with what fits, and turns tracing off where that is wanted`()
        throws
    {
        for index in 0..<2000 { try fixture.mark("\(index)", in: instance) }
        try instance.freeBuffers()
        #expect(instance.bufferKilobytes == 7)
        #expect(instance.tracingOn)
        #expect(try fixture.read(instance).last == "1999")
        try instance.set(.disableOnFree, true)
        try instance.freeBuffers()
        #expect(!instance.tracingOn)
    }

    @Test func `buffer_percent is 0 to 100`() throws {
        #expect(instance.bufferPercent == 50)
        try instance.setBufferPercent(100)
        #expect(throws: Errno.invalidArgument) { try instance.setBufferPercent(101) }
        #expect(instance.bufferPercent == 100)
    }

    // MARK: watching

    @Test func `a lane is worth reading once so much of it is filled, all of them with the first record`() throws {
        // 17 pages of 145 markers, recorded from Linux 6.18: at half it is at 54 percent, at all it has wrapped.
        try instance.setBufferKilobytes(64)
        let lane = try instance.watchReading(lane: 0)
        let all = try instance.watchReading()
        func states() throws -> [Bool] {
            try ([0, 1, 50, 100] as [UInt64]).map { percentage in
                try instance.setBufferPercent(percentage)
                return lane.isReadable
            }
        }
        #expect(try states() == [false, false, false, false])
        #expect(!all.isReadable)
        try fixture.mark("x", in: instance)
        #expect(try states() == [true, true, false, false])
        #expect(all.isReadable)
        for _ in 0..<1300 { try fixture.mark("n00000", in: instance) }
        #expect(try states() == [true, true, true, false])
        for _ in 0..<2500 { try fixture.mark("n00000", in: instance) }
        #expect(try states() == [true, true, true, true])
        _ = fixture.drain(try instance.openPipe())
        #expect(!all.isReadable)
    }

    @Test func `who watches is called by records, and when the instance goes`() throws {
        let watch = try instance.watchReading(lane: 0)
        let calls = ManualTime()
        watch.wait { calls.advance(by: 1) }
        try fixture.mark("other lane", in: instance, lane: 1)
        #expect(calls.nanoseconds == 0)
        try fixture.mark("a", in: instance)
        try fixture.mark("b", in: instance)
        #expect(calls.nanoseconds == 1)
        watch.wait { calls.advance(by: 1) }
        try fixture.engine.removeInstance(instance)
        #expect(calls.nanoseconds == 2)
        #expect(watch.isEnded)
    }
}
