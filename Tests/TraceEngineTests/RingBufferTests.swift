internal import Bytes
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

/// What Linux 6.18 answers to the same steps.
@Suite struct RingBufferTests {
    private func markers(_ count: Int, in instance: TraceInstance, _ fixture: TraceFixture) throws {
        for index in 0..<count { try fixture.mark("n" + String(String(100_000 + index).dropFirst()), in: instance) }
    }

    @Test func `pages are as many as the kernel takes, and read back as its file does`() throws {
        let readBack = try [1, 8, 64, 100, 1408].map {
            RingBuffer.kilobytes(pageCount: try RingBuffer.pageCount(kilobytes: $0))
        }
        #expect(readBack == [7, 11, 67, 103, 1410])
        #expect(throws: Errno.invalidArgument) { _ = try RingBuffer.pageCount(kilobytes: 0) }
        #expect(throws: Errno.noMemory) { _ = try RingBuffer.pageCount(kilobytes: 1 << 53) }
    }

    @Test func `two thousand markers in eight kilobytes leave 405 and overrun 1595`() throws {
        let fixture = TraceFixture()
        let instance = try fixture.engine.createInstance(name: "conf")
        try instance.setBufferKilobytes(8)
        try markers(2000, in: instance, fixture)
        let statistics = instance.statistics(lane: 0)
        #expect(statistics.entries == 405)
        #expect(statistics.overrun == 1595)
        #expect(statistics.bytes == 11380)
        let lines = try fixture.read(instance)
        #expect(lines.count == 405)
        #expect(lines.first == "n01595")
        #expect(lines.last == "n01999")
        #expect(instance.entryCounts == (405, 2000))
    }

    @Test func `sixty-four kilobytes hold 2390 of five thousand`() throws {
        let fixture = TraceFixture()
        let instance = try fixture.engine.createInstance(name: "conf")
        try instance.setBufferKilobytes(64)
        try markers(5000, in: instance, fixture)
        let statistics = instance.statistics(lane: 0)
        #expect(statistics.entries == 2390)
        #expect(statistics.overrun == 2610)
        #expect(statistics.bytes == 67240)
    }

    @Test func `records of forty bytes and one event leave 264 of a thousand`() throws {
        let fixture = TraceFixture()
        try fixture.add("jit", "ping")
        let ping = fixture.event("jit", "ping")
        let instance = try fixture.engine.createInstance(name: "conf")
        try instance.setBufferKilobytes(8)
        try instance.setEnabled(ping, true)
        for _ in 0..<3 { try write(ping, to: instance, fixture) }
        #expect(instance.statistics(lane: 0).bytes == 132)
        for _ in 0..<997 { try write(ping, to: instance, fixture) }
        #expect(instance.statistics(lane: 0).entries == 264)
        #expect(instance.statistics(lane: 0).overrun == 736)
        #expect(instance.statistics(lane: 0).bytes == 11680)
    }

    private func write(_ event: TraceEvent, to instance: TraceInstance, _ fixture: TraceFixture) throws {
        fixture.time.advance(by: 100)
        try instance.write(event: event, payload: TraceFixture.bytes(38).span, lane: 0, task: fixture.task)
    }

    @Test func `without overwriting 435 stay, the next is EBADF, and reading makes room`() throws {
        let fixture = TraceFixture()
        let instance = try fixture.engine.createInstance(name: "conf")
        try instance.setBufferKilobytes(8)
        try instance.set(.overwrite, false)
        try markers(435, in: instance, fixture)
        #expect(throws: Errno.badFileDescriptor) { try fixture.mark("n00435", in: instance) }
        var statistics = instance.statistics(lane: 0)
        #expect((statistics.entries, statistics.overrun, statistics.droppedEvents) == (435, 0, 1))
        #expect(statistics.bytes == 12240)
        let pipe = try instance.openPipe()
        #expect(fixture.drain(pipe).count == 435)
        try fixture.mark("after", in: instance)
        #expect(fixture.drain(pipe) == ["after"])
        statistics = instance.statistics(lane: 0)
        #expect((statistics.entries, statistics.bytes, statistics.readEvents) == (0, 0, 436))
        #expect(statistics.droppedEvents == 1)
    }

    @Test func `a pipe tells what was overwritten before it came`() throws {
        let fixture = TraceFixture()
        let instance = try fixture.engine.createInstance(name: "conf")
        try instance.setBufferKilobytes(8)
        try markers(1000, in: instance, fixture)
        let lines = fixture.drain(try instance.openPipe())
        #expect(lines.count == 421)
        #expect(lines.first == "CPU:0 [LOST 580 EVENTS]")
        #expect(lines[1] == "n00580")
        #expect(lines.last == "n00999")
        let statistics = instance.statistics(lane: 0)
        #expect((statistics.entries, statistics.overrun, statistics.bytes) == (0, 580, 0))
        #expect(statistics.readEvents == 420)
    }

    @Test func `shrinking keeps the newest and counts the others as overrun`() throws {
        let fixture = TraceFixture()
        let instance = try fixture.engine.createInstance(name: "conf")
        try markers(2000, in: instance, fixture)
        #expect(try fixture.read(instance).count == 2000)
        try instance.setBufferKilobytes(8)
        let lines = try fixture.read(instance)
        #expect((lines.count, lines.first, lines.last) == (405, "n01595", "n01999"))
        let statistics = instance.statistics(lane: 0)
        #expect((statistics.overrun, statistics.bytes) == (1595, 11380))
        #expect(instance.bufferKilobytes == 11)
        try instance.setBufferKilobytes(64, lane: 1)
        #expect(instance.bufferKilobytes == nil)
        #expect(instance.bufferTotalKilobytes == 78)
    }

    @Test func `times that leap and times that go back are read as they were written`() throws {
        let fixture = TraceFixture()
        try fixture.add("jit", "ping")
        let ping = fixture.event("jit", "ping")
        let instance = try fixture.engine.createInstance(name: "conf")
        try instance.setEnabled(ping, true)
        let times: [UInt64] = [
            5, 6, 6 + (1 << 27) - 1, 1 << 40, 1 << 20, 3, (1 << 58), 1, (1 << 60) + 7, (1 << 60) + 5, (1 << 60) + 6, 0,
            .max,
        ]
        for time in times {
            try instance.write(
                event: ping, payload: TraceFixture.bytes().span, lane: 0, task: fixture.task, timestamp: time)
        }
        let pipe = try instance.openPipe()
        var payload = ByteBuffer()
        var read: [UInt64] = []
        while case .record(let header) = pipe.step(into: &payload) { read.append(header.timestamp) }
        #expect(read == times)
    }

    @Test func `clearing zeroes the counters and keeps the oldest time`() throws {
        let fixture = TraceFixture()
        let instance = try fixture.engine.createInstance(name: "conf")
        try fixture.mark("hello", in: instance)
        let oldest = instance.statistics(lane: 0).oldestTimestamp
        #expect(oldest == fixture.time.nanoseconds)
        instance.clear()
        var expected = RingBufferStatistics()
        expected.oldestTimestamp = oldest
        expected.nowTimestamp = fixture.time.nanoseconds
        #expect(instance.statistics(lane: 0) == expected)
        try fixture.mark("again", in: instance)
        #expect(try fixture.read(instance) == ["again"])
    }

    @Test func `a page that a reader has begun is safe from the writer`() throws {
        let fixture = TraceFixture()
        let instance = try fixture.engine.createInstance(name: "conf")
        try instance.setBufferKilobytes(8)
        try markers(300, in: instance, fixture)
        let pipe = try instance.openPipe()
        var payload = ByteBuffer()
        guard case .record = pipe.step(into: &payload) else {
            Issue.record("nothing to read")
            return
        }
        #expect(TraceFixture.text(payload) == "n00000")
        try markers(2000, in: instance, fixture)
        let lines = fixture.drain(pipe)
        #expect(lines.prefix(144).last == "n00144")
        #expect(lines[144].hasPrefix("CPU:0 [LOST"))
    }
}

/// What was lost before it came here, as with records of the kernel.
@Suite struct RingBufferMissedTests {
    private let budget = BufferBudget(limitBytes: 1 << 24)
    private let payload = [UInt8](repeating: 1, count: 100)

    private func ring(pages: Int, overwrites: Bool = true) throws -> RingBuffer {
        let ring = RingBuffer(pageCount: pages, overwrites: overwrites, budget: budget)
        try ring.map()
        return ring
    }

    private func write(_ count: Int, to ring: RingBuffer, from time: UInt64) {
        for index in 0..<count {
            _ = ring.write(timestamp: time + UInt64(index), isGiven: true, common: 0, payload: payload.span)
            ring.checkInvariants()
        }
    }

    /// Records and losses, in order: `3` and `-7`.
    private func consume(_ ring: RingBuffer) -> [Int] {
        var found: [Int] = []
        var payload = ByteBuffer()
        while ring.pending() != nil {
            let lost = ring.takeLost()
            if lost > 0 { found.append(-Int(lost)) }
            if ring.consume(into: &payload) != nil { found.append(1) }
        }
        return found
    }

    @Test func `a loss is told between the records that it was between`() throws {
        let ring = try ring(pages: 4)
        ring.miss(3)
        write(2, to: ring, from: 10)
        ring.miss(7)
        ring.miss(2)
        ring.checkInvariants()
        write(1, to: ring, from: 20)
        #expect(consume(ring) == [-3, 1, 1, -9, 1])
        #expect(ring.statistics(now: 0).overrun == 12)
        #expect(ring.entryCounts == (0, 12))
        ring.clear()
        #expect(ring.statistics(now: 0).overrun == 0)
    }

    @Test func `a loss on a page that is overwritten is told with what was overwritten`() throws {
        let ring = try ring(pages: 2)
        write(1, to: ring, from: 10)
        ring.miss(1000)
        write(200, to: ring, from: 20)
        let statistics = ring.statistics(now: 0)
        let found = consume(ring)
        #expect(found.first == -Int(statistics.overrun))
        #expect(found.dropFirst().allSatisfy { $0 == 1 })
        #expect(UInt64(found.count - 1) + statistics.overrun == 1201)
    }

    @Test func `a loss that is told while the reader has the page that is written is told before the next record`()
        throws
    {
        let ring = try ring(pages: 4)
        write(1, to: ring, from: 10)
        #expect(consume(ring) == [1])
        ring.miss(5)
        write(1, to: ring, from: 20)
        #expect(consume(ring) == [-5, 1])
    }

    @Test func `a full buffer that must not overwrite only counts`() throws {
        let ring = try ring(pages: 2, overwrites: false)
        write(200, to: ring, from: 10)
        ring.miss(9)
        ring.checkInvariants()
        #expect(ring.statistics(now: 0).overrun == 9)
        #expect(consume(ring).allSatisfy { $0 == 1 })
    }

    @Test func `more than a page can say is told as the most that it can`() throws {
        let ring = try ring(pages: 2)
        ring.miss(1 << 40)
        ring.miss(1)
        write(1, to: ring, from: 10)
        #expect(consume(ring) == [-Int(SubBuffer.missedMax), 1])
        #expect(ring.statistics(now: 0).overrun == 1 << 40 + 1)
    }
}
