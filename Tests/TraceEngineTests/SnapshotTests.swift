internal import Bytes
internal import Glibc
internal import JITFSTestSupport
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

@Suite struct SnapshotTests {
    private let fixture = TraceFixture()
    private let instance: TraceInstance

    init() throws {
        instance = try fixture.engine.createInstance(name: "a")
        try instance.setBufferKilobytes(16)
    }

    private func snapshot(lane: Int? = nil) throws -> [String] {
        var cursor = try instance.makeSnapshotCursor(lane: lane)
        var payload = ByteBuffer()
        var lines: [String] = []
        while case .record = cursor.step(into: &payload) { lines.append(TraceFixture.text(payload)) }
        return lines
    }

    private func check() {
        for ring in instance.peek({ ($0?.rings ?? []) + ($0?.snapshot?.spares ?? []) }) { ring.checkInvariants() }
    }

    @Test func `a snapshot is what was in the buffers, which go on with what the snapshot held`() throws {
        try fixture.mark("a", in: instance)
        try fixture.mark("b", in: instance, lane: 1)
        #expect(!instance.hasSnapshot)
        try instance.takeSnapshot()
        #expect(instance.hasSnapshot)
        #expect(try snapshot() == ["a", "b"])
        #expect(instance.snapshotEntryCounts.inBuffer == 2)
        #expect(try fixture.read(instance) == [])
        try fixture.mark("c", in: instance)
        #expect(try snapshot() == ["a", "b"])
        try instance.takeSnapshot()
        #expect(try snapshot() == ["c"])
        #expect(try fixture.read(instance) == ["a", "b"])
        instance.clearSnapshot()
        #expect(try snapshot() == [])
        #expect(instance.hasSnapshot)
        try instance.takeSnapshot(lane: 1)
        #expect(try snapshot() == ["b"])
        #expect(try fixture.read(instance) == ["a"])
        instance.clearSnapshot(lane: 0)
        #expect(try snapshot(lane: 1) == ["b"])
        check()
    }

    @Test func `its memory counts, and is given back`() throws {
        try fixture.mark("a", in: instance)
        let before = fixture.engine.mappedBytes
        try instance.takeSnapshot()
        #expect(fixture.engine.mappedBytes == 2 * before)
        try instance.setBufferKilobytes(64)
        try instance.takeSnapshot()
        #expect(instance.bufferKilobytes == 67)
        try instance.setSubBufferKilobytes(8)
        try fixture.mark("large", in: instance)
        try instance.takeSnapshot()
        #expect(try snapshot() == ["large"])
        instance.freeSnapshot()
        #expect(!instance.hasSnapshot)
        #expect(try snapshot() == [])
        check()
        try fixture.engine.removeInstance(instance)
        #expect(fixture.engine.mappedBytes == 0)
    }

    @Test func `without room nothing changes`() throws {
        let small = TraceFixture { $0.buffersBytesMax = 60_000 }
        let instance = try small.engine.createInstance(name: "a")
        try instance.setBufferKilobytes(16)
        try small.mark("a", in: instance)
        let before = small.engine.mappedBytes
        #expect(throws: Errno.noMemory) { try instance.takeSnapshot() }
        #expect(!instance.hasSnapshot)
        #expect(small.engine.mappedBytes == before)
        #expect(try small.read(instance) == ["a"])
        try small.add("jit", "ping")
        #expect(throws: FilterRefusal.self) {
            try instance.addTrigger("snapshot".utf8Span.span, of: small.event("jit", "ping"))
        }
    }

    @Test func `a cursor and a pipe stay with the buffers over a snapshot`() throws {
        for index in 0..<300 { try fixture.mark("\(index)", in: instance) }
        var cursor = try instance.makeCursor()
        let pipe = try instance.openPipe()
        var payload = ByteBuffer()
        _ = cursor.step(into: &payload)
        #expect(TraceFixture.text(payload) == "0")
        _ = pipe.step(into: &payload)
        try instance.takeSnapshot()
        for index in 0..<10 { try fixture.mark("new \(index)", in: instance) }
        // What the cursor has copied it shows; then its pages are gone.
        var texts: [String] = []
        while case .record = cursor.step(into: &payload) { texts.append(TraceFixture.text(payload)) }
        #expect(texts.first == "1" && texts.allSatisfy { Int($0) != nil })
        #expect(fixture.drain(pipe) == (0..<10).map { "new \($0)" })
        #expect(try snapshot().count == 299)
        check()
    }

    @Test func `a trigger takes snapshots as often as it counts, and stops tracing where there is no memory`() throws {
        try fixture.add("jit", "ping")
        let ping = fixture.event("jit", "ping")
        func fire() throws {
            try fixture.engine.publish(ping, payload: TraceFixture.bytes(40).span, task: fixture.task, lane: 1)
        }
        try instance.addTrigger("snapshot:1".utf8Span.span, of: ping)
        #expect(instance.hasSnapshot)
        try fixture.mark("before", in: instance)
        try fire()
        #expect(try snapshot() == ["before"])
        try fixture.mark("after", in: instance)
        try fire()
        #expect(try snapshot() == ["before"])
        var out = ByteBuffer()
        instance.appendTriggers(of: ping, to: &out)
        #expect(out.text == "snapshot:count=0\n")
        try instance.addTrigger("!snapshot".utf8Span.span, of: ping)
        try instance.addTrigger("snapshot".utf8Span.span, of: ping)
        #expect(throws: FilterRefusal.self) { try instance.addTrigger("snapshot:3".utf8Span.span, of: ping) }
        instance.freeSnapshot()
        try fire()
        #expect(!instance.tracingOn)
        instance.checkInvariants()
    }

    @Test func `what a trigger exchanges has the size that was asked for last`() throws {
        try fixture.add("jit", "ping")
        let ping = fixture.event("jit", "ping")
        try instance.addTrigger("snapshot".utf8Span.span, of: ping)
        try instance.setBufferKilobytes(64)
        try instance.setBufferKilobytes(32, lane: 1)
        try instance.setSubBufferKilobytes(8)
        for _ in 0..<3 {
            try fixture.engine.publish(ping, payload: TraceFixture.bytes(40).span, task: fixture.task, lane: 1)
            #expect((0..<2).map { instance.bufferKilobytes(lane: $0) } == [67, 35])
            #expect(instance.subBufferSize == 8192)
        }
        check()
    }

    @Test func `clearing the clock and removing an event clear the snapshot too`() throws {
        try fixture.add("jit", "ping", origin: .dynamic)
        let ping = fixture.event("jit", "ping")
        try instance.setEnabled(ping, true)
        try fixture.mark("a", in: instance)
        try instance.takeSnapshot()
        try instance.setClock(named: "mono")
        #expect(try snapshot() == [])
        try fixture.mark("b", in: instance)
        try fixture.engine.publish(ping, payload: TraceFixture.bytes(40).span, task: fixture.task, lane: 0)
        try instance.takeSnapshot()
        try instance.setEnabled(ping, false)
        instance.clear()
        #expect(try snapshot().count == 2)
        try fixture.engine.remove(ping)
        #expect(try snapshot() == [])
    }

    @Test func `no record is lost, doubled or torn while snapshots are taken under writers`() throws {
        let fixture = TraceFixture()
        let instance = try fixture.engine.createInstance(name: "raced")
        try instance.setBufferKilobytes(4096)
        try instance.takeSnapshot()
        let count = 5000
        var threads = Threads()
        for number in 0..<3 {
            threads.start {
                for index in 0..<count { try? fixture.mark("\(number) \(index)", in: instance, lane: number % 2) }
            }
        }
        for _ in 0..<200 {
            try instance.takeSnapshot()
            usleep(200)
        }
        threads.join()
        var cursor = try instance.makeSnapshotCursor()
        var payload = ByteBuffer()
        var texts = try fixture.read(instance)
        while case .record = cursor.step(into: &payload) { texts.append(TraceFixture.text(payload)) }
        #expect(texts.count == 3 * count)
        #expect(Set(texts).count == 3 * count)
        for ring in instance.peek({ ($0?.rings ?? []) + ($0?.snapshot?.spares ?? []) }) { ring.checkInvariants() }
    }
}
