internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import Testing
internal import TraceEngine

@Suite struct TraceDatTests {
    let tree: TraceTree

    init() throws {
        tree = try TraceTree()
        try tree.make("a")
    }

    private func document(
        _ path: String, limit: Int = 5000, arguments: Arguments = Arguments(), during: (Int) throws -> Void = { _ in }
    ) throws -> [UInt8] {
        let file = try tree.node(path).open(ReadRequest(form: .dat, arguments: arguments, caller: tree.caller))
        var out = ByteBuffer()
        var turn = 0
        while file.read(into: &out, limit: limit) == .more {
            try during(turn)
            turn += 1
        }
        file.close()
        #expect(file.length == UInt64(out.count))
        return out.array
    }

    private func dat(_ path: String, arguments: Arguments = Arguments()) throws -> TraceDatFile {
        try TraceDatFile(document(path, arguments: arguments))
    }

    private func mark(_ count: Int, _ instance: String = "a", cpu: Int = 0, bytes: Int = 20) throws {
        var other = tree
        other.caller.cpu = cpu
        for index in 0..<count {
            tree.time.advance(by: 1000)
            let text = "\(index) "
            try other.write(
                "instances/\(instance)/trace_marker", text + String(repeating: "x", count: bytes - text.utf8.count))
        }
    }

    private func markers(_ records: [TraceDatFile.Record]) -> [String] {
        records.map { record in
            String(decoding: record.bytes.dropFirst(16).prefix { $0 != 0x20 }, as: UTF8.self)
        }
    }

    // MARK: one instance

    @Test func `it has the formats of what is in it, the tasks, the clock and the records of every lane`() throws {
        for event in ["shop/order", "shop/refund"] { try tree.write("instances/a/events/\(event)/enable", "1") }
        let post = #"{"event":"shop/order","fields":{"id":7,"qty":3},"comm":"till 7","pid":9,"cpu":1}"#
        try tree.write("user_events_data", post, appends: true)
        try mark(2)
        let file = try dat("instances/a/trace")
        #expect(file.pageSize == 4096)
        #expect(file.layouts["header_page"]?.contains("offset:16;\tsize:4080;") == true)
        #expect(file.layouts["header_event"]?.hasPrefix("# compressed entry header\n") == true)
        #expect(file.formats.keys.sorted() == ["shop"])
        #expect(try file.formats["shop"] == [tree.text("events/shop/order/format")])
        #expect(file.ftrace.map { String($0.prefix { $0 != "\n" }) } == ["name: print"])
        #expect(file.commands.split(separator: "\n").sorted() == ["42 tester", "9 till 7"])
        #expect(file.clock == "[local] global counter uptime perf mono mono_raw boot tai\n")
        #expect(file.buffers.map(\.name) == [""])
        #expect(markers(file.buffers[0].records(cpu: 0)) == ["0", "1"])
        let order = try #require(file.buffers[0].records(cpu: 1).first)
        #expect(order.time == 1_000_000_000)
        #expect(order.bytes.dropFirst(4) == [9, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0])
    }

    @Test func `an untouched instance is a file without records`() throws {
        let file = try dat("instances/a/trace")
        #expect(file.buffers.count == 1)
        #expect(file.buffers[0].pages.map(\.count) == [0, 0])
        #expect(file.formats.isEmpty && file.ftrace.isEmpty)
    }

    @Test func `one lane is a file in which the others are empty`() throws {
        try mark(3)
        try mark(2, cpu: 1)
        let file = try dat("instances/a/per_cpu/cpu1/trace")
        #expect(markers(file.buffers[0].records(cpu: 1)) == ["0", "1"])
        #expect(file.buffers[0].pages[0].isEmpty)
    }

    @Test func `times are kept over every gap, and backwards`() throws {
        try tree.write("instances/a/events/shop/order/enable", "1")
        let times: [UInt64] = [
            5, 5, 134_217_732, 134_217_733, 500_000_000_000, 499_999_999_999, 7, 1 << 58, 1 << 62, 3,
        ]
        for time in times {
            try tree.write("user_events_data", #"{"event":"shop/order","timestamp_ns":\#(time)}"#, appends: true)
        }
        #expect(try dat("instances/a/trace").buffers[0].records(cpu: 0).map(\.time) == times)
    }

    @Test func `records of all sizes come whole`() throws {
        for size in [1, 90, 93, 94, 97, 110, 2000, 4054] { try mark(1, bytes: max(size, 2)) }
        let found = try dat("instances/a/trace").buffers[0].records(cpu: 0)
        #expect(found.map { $0.bytes.count } == [20, 108, 112, 112, 116, 128, 2020, 4072])
    }

    @Test func `what was overwritten is marked, with its number`() throws {
        try tree.write("instances/a/buffer_size_kb", "8")
        try mark(2000)
        try mark(10, cpu: 1)
        let buffer = try dat("instances/a/trace").buffers[0]
        let found = buffer.records(cpu: 0)
        #expect(found.count < 2000)
        #expect(buffer.pages[0][0].lost == UInt64(2000 - found.count))
        #expect(buffer.lost(cpu: 0) == UInt64(2000 - found.count))
        #expect(buffer.pages[1].allSatisfy { $0.lost == nil })
        #expect(markers(found) == (2000 - found.count..<2000).map(String.init))
    }

    @Test func `a loss that the pipe was told of is not told again, one behind its page is`() throws {
        try tree.write("instances/a/buffer_size_kb", "8")
        try mark(2000)
        var out = ByteBuffer()
        let pipe = try tree.node("instances/a/trace_pipe").open(ReadRequest(form: .ndjson))
        _ = pipe.read(into: &out, limit: 500)
        pipe.close()
        #expect(out.text.hasPrefix("{\"lost\":"))
        let before = try dat("instances/a/trace").buffers[0]
        #expect(before.lost(cpu: 0) == 0)
        try mark(1000)
        let buffer = try dat("instances/a/trace").buffers[0]
        #expect(buffer.pages[0][0].lost == nil)
        let consumed = out.text.split(separator: "\n").count - 1
        let lost = try #require(buffer.pages[0].first { $0.lost != nil }?.lost)
        #expect(lost == buffer.lost(cpu: 0))
        let reached = try #require(before.records(cpu: 0).first).time / 1000
        #expect(reached > 0 && consumed > 0)
        let times = buffer.records(cpu: 0).map { $0.time / 1000 }
        // Marker n has microsecond 1,000,000 + n + 1: what is missing between neighbours is what was lost.
        let gaps = zip(times, times.dropFirst()).reduce(0) { $0 + ($1.1 - $1.0 - 1) }
        #expect(gaps == lost)
    }

    @Test func `a file is as long as announced, however fast writers are`() throws {
        try tree.write("instances/a/buffer_size_kb", "64")
        try mark(3000)
        let bytes = try document("instances/a/trace", limit: 1) { turn in
            if turn < 5 { try mark(500) }
        }
        let buffer = try TraceDatFile(bytes).buffers[0]
        let times = buffer.records(cpu: 0).map { $0.time / 1000 - 1_000_001 }
        #expect(times == times.sorted())
        // Nothing that came after the opening, and every gap marked.
        #expect(times.allSatisfy { $0 < 3000 })
        let kept = buffer.lost(cpu: 0) + UInt64(times.count)
        #expect(kept <= 3000)
        let gaps = zip(times, times.dropFirst()).reduce(0) { $0 + ($1.1 - $1.0 - 1) }
        #expect(buffer.lost(cpu: 0) == gaps + (times.first ?? 0))
    }

    @Test func `it is as long as announced when its instance goes`() throws {
        try mark(3000)
        let bytes = try document("instances/a/trace", limit: 1) { turn in
            if turn == 1 { try tree.remove("instances/a") }
        }
        #expect(try TraceDatFile(bytes).buffers[0].records(cpu: 0).count < 3000)
    }

    @Test func `records of an event that was removed stay records`() throws {
        try tree.write("dynamic_events", "u:web/hit u64 id", appends: true)
        try tree.write("instances/a/events/web/hit/enable", "1")
        try tree.write("user_events_data", #"{"event":"web/hit","fields":{"id":1}}"#, appends: true)
        try mark(1)
        #expect(try dat("instances/a/trace").formats["web"]?.count == 1)
        try tree.write("instances/a/events/web/hit/enable", "0")
        try tree.write("dynamic_events", "-:web/hit", appends: true)
        #expect(try dat("instances/a/trace").formats["web"] == nil)
    }

    // MARK: selections

    @Test func `since, event and count choose here too`() throws {
        for event in ["shop/order", "jit/ping"] { try tree.write("instances/a/events/\(event)/enable", "1") }
        for index in 0..<6 {
            tree.time.advance(by: 1000)
            let event = index % 2 == 0 ? "shop/order" : "jit/ping"
            try tree.write("user_events_data", #"{"event":"\#(event)","cpu":\#(index / 3)}"#, appends: true)
        }
        var arguments = Arguments()
        arguments.add("since", .integer(1_000_002_000))
        arguments.add("event", .name("jit/*,nothing"))
        arguments.add("count", .integer(2))
        let file = try dat("instances/a/trace", arguments: arguments)
        #expect(Array(file.formats.keys) == ["jit"])
        let times = [0, 1].map { file.buffers[0].records(cpu: $0).map { $0.time - 1_000_000_000 } }
        #expect(times == [[2000], [4000]])
    }

    // MARK: several instances

    @Test func `the directory gives the top instance and those that hold anything`() throws {
        try tree.make("b")
        try tree.make("c \u{1}\"é")
        try tree.write("trace_marker", "top")
        try mark(3, "a")
        try mark(2, "c \u{1}\"é", cpu: 1)
        let file = try dat("")
        #expect(file.buffers.map(\.name) == ["", "a", "c \u{1}\"é"])
        #expect(file.buffers[0].records(cpu: 0).count == 1)
        #expect(markers(file.buffers[1].records(cpu: 0)) == ["0", "1", "2"])
        #expect(markers(file.buffers[2].records(cpu: 1)) == ["0", "1"])
        #expect(file.ftrace.count == 1)
    }

    @Test func `a snapshot is a file that stands still`() throws {
        try mark(5)
        try tree.write("instances/a/snapshot", "1")
        let before = try document("instances/a/snapshot")
        try mark(7)
        #expect(try document("instances/a/snapshot") == before)
        #expect(try markers(TraceDatFile(before).buffers[0].records(cpu: 0)) == ["0", "1", "2", "3", "4"])
        #expect(try dat("instances/a/trace").buffers[0].records(cpu: 0).count == 7)
    }

    @Test func `nothing is consumed`() throws {
        try mark(3)
        #expect(try document("instances/a/trace") == document("instances/a/trace", limit: 1))
        #expect(try tree.pipe("instances/a/trace_pipe").split(separator: "\n").count == 3)
    }
}
