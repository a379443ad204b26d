internal import Bytes
internal import Glibc
internal import JITFSTestSupport
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

@Suite struct SubBufferPipeTests {
    private let fixture = TraceFixture()
    private let instance: TraceInstance

    init() throws { instance = try fixture.engine.createInstance(name: "a") }

    private func pages(_ pipe: SubBufferPipe, size: Int = 4096) throws -> [KernelPageReader.Page] {
        var out = ByteBuffer()
        while pipe.step(into: &out) == .page {}
        return try #require(KernelPageReader.pages(out.array, size: size))
    }

    private func texts(_ pages: [KernelPageReader.Page]) -> [String] {
        pages.flatMap(\.records).map { String(decoding: $0.payload[16...].prefix { $0 != 0x0A }, as: UTF8.self) }
    }

    @Test func `a page holds what there is and is consumed as a whole`() throws {
        let pipe = try instance.openSubBufferPipe(lane: 0)
        #expect(try pages(pipe) == [])
        try fixture.mark("hello", in: instance)
        try fixture.mark("other", in: instance, lane: 1)
        #expect(texts(try pages(pipe)) == ["hello"])
        #expect(try pages(pipe) == [])
        #expect(instance.statistics(lane: 0).readEvents == 1)
        #expect(instance.statistics(lane: 0).entries == 0)
        #expect(try fixture.read(instance) == ["other"])
    }

    @Test func `many records come in full pages, in order, and what was lost is said`() throws {
        try instance.setBufferKilobytes(8)
        for index in 0..<1000 { try fixture.mark("n\(10000 + index)", in: instance) }
        let pages = try pages(try instance.openSubBufferPipe(lane: 0))
        #expect(pages.map(\.records.count) == [145, 145, 130])
        #expect(pages.map(\.lost) == [580, nil, nil])
        #expect(pages.map(\.isLossy) == [true, false, false])
        #expect(texts(pages) == (580..<1000).map { "n\(10000 + $0)" })
        #expect(instance.statistics(lane: 0).overrun == 580)
    }

    @Test func `what a text pipe has begun a sub-buffer pipe goes on with`() throws {
        for index in 0..<200 { try fixture.mark("\(index)", in: instance) }
        let pipe = try instance.openPipe()
        var payload = ByteBuffer()
        for _ in 0..<10 { _ = pipe.step(into: &payload) }
        let raw = try instance.openSubBufferPipe(lane: 0)
        #expect(texts(try pages(raw)) == (10..<200).map(String.init))
        #expect(fixture.drain(pipe) == [])
    }

    @Test func `records of the kernel and of clients come in the order of their times`() throws {
        try fixture.add("jit", "ping")
        let ping = fixture.event("jit", "ping")
        try instance.setEnabled(ping, true)
        for index in 0..<400 {
            fixture.time.advance(by: 1000)
            try fixture.engine.publish(
                ping, payload: TraceFixture.bytes(16 + index % 60 * 4).span, task: fixture.task, lane: 0,
                timestamp: fixture.time.nanoseconds, source: index % 7 < 3 ? .kernel : .local)
        }
        let records = try pages(try instance.openSubBufferPipe(lane: 0)).flatMap(\.records)
        #expect(records.count == 400)
        #expect(zip(records, records.dropFirst()).allSatisfy { $0.timestamp < $1.timestamp })
        #expect(records.map(\.payload.count) == (0..<400).map { 16 + $0 % 60 * 4 })
    }

    @Test func `pages have the instance's size`() throws {
        try instance.setSubBufferKilobytes(16)
        for index in 0..<1000 { try fixture.mark("\(index)", in: instance) }
        let pipe = try instance.openSubBufferPipe(lane: 0)
        #expect(texts(try pages(pipe, size: 16384)) == (0..<1000).map(String.init))
        var kept = try instance.makePages(lane: 0)
        #expect(kept.size == 16384)
        var out = ByteBuffer()
        let hasMore = kept.next(into: &out)
        #expect(!hasMore)
    }

    @Test func `a snapshot is read the same way`() throws {
        try fixture.mark("then", in: instance)
        try instance.takeSnapshot()
        try fixture.mark("now", in: instance)
        #expect(texts(try pages(try instance.openSubBufferPipe(lane: 0, ofSnapshot: true))) == ["then"])
        #expect(instance.snapshotEntryCounts.inBuffer == 0)
        #expect(try fixture.read(instance) == ["now"])
    }

    @Test func `removal ends it and calls who waits`() throws {
        let pipe = try instance.openSubBufferPipe(lane: 0)
        let calls = ManualTime()
        pipe.onReadable { calls.advance(by: 1) }
        #expect(pipe.wait())
        try fixture.mark("a", in: instance)
        #expect(calls.nanoseconds == 1)
        #expect(!pipe.wait())
        #expect(try pages(pipe).count == 1)
        #expect(pipe.wait())
        try fixture.engine.removeInstance(instance)
        #expect(calls.nanoseconds == 2)
        var out = ByteBuffer()
        #expect(pipe.step(into: &out) == .ended)
        #expect(throws: Errno.operationNotSupportedByDevice) { _ = try instance.openSubBufferPipe(lane: 0) }
        #expect(throws: Errno.invalidArgument) {
            _ = try fixture.engine.createInstance(name: "b").openSubBufferPipe(lane: 2)
        }
    }

    @Test func `settings change under writers and readers without tearing a record`() throws {
        try fixture.add("jit", "ping")
        let ping = fixture.event("jit", "ping")
        try instance.setBufferKilobytes(32)
        try instance.setEnabled(ping, true)
        var threads = Threads()
        let fixture = fixture
        let instance = instance
        for number in 0..<2 {
            threads.start {
                let payload = TraceFixture.bytes(24 + number * 40)
                for index in 0..<10_000 {
                    fixture.time.advance(by: 10)
                    let task = TraceTask(pid: Int32(index % 3), comm: "w")
                    _ = try? fixture.engine.publish(ping, payload: payload.span, task: task, lane: number)
                }
            }
        }
        threads.start { Self.read(instance) }
        for index in 0..<300 {
            try instance.setTracedLanes(LaneMask(parsing: "\(index % 4)".utf8Span.span, of: 2))
            try instance.addTasks("\(index % 3)".utf8Span.span, untraced: index % 5 == 0)
            if index % 3 == 0 { try instance.clearTasks(untraced: index % 2 == 0) }
            try instance.set(.stackTrace, index % 2 == 0)
            try instance.set(.overwrite, index % 7 < 5)
            if index % 10 == 0 { try instance.takeSnapshot(lane: index % 20 == 0 ? nil : 1) }
            if index % 40 == 0 { try instance.setSubBufferKilobytes(UInt64(4 << (index / 40 % 3))) }
            if index % 50 == 0 { instance.freeSnapshot() }
            usleep(100)
        }
        try fixture.engine.removeInstance(instance)
        threads.join()
        #expect(fixture.engine.mappedBytes == 0)
    }

    private static func read(_ instance: TraceInstance) {
        guard let pipe = try? instance.openSubBufferPipe(lane: 0) else { return }
        var payload = ByteBuffer()
        while true {
            var out = ByteBuffer()
            switch pipe.step(into: &out) {
            case .page:
                let pages = KernelPageReader.pages(out.array, size: out.count) ?? []
                precondition(pages.count == 1, "a torn page")
                for record in pages[0].records {
                    precondition(record.payload[0] == 4 || record.payload[record.payload.count - 1] == 7, "torn")
                }
            case .empty: sched_yield()
            case .ended: return
            }
            guard var cursor = try? instance.makeCursor() else { continue }
            while case .record = cursor.step(into: &payload) {
                precondition(payload.span[0] == 4 || payload.span[payload.count - 1] == 7, "a torn payload")
            }
        }
    }
}
