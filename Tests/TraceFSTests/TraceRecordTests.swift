internal import Bytes
internal import PseudoFS
internal import Locking
internal import SystemPackage
internal import Testing
internal import TraceEngine

@Suite struct TraceRecordTests {
    let tree: TraceTree

    init() throws {
        tree = try TraceTree()
        try tree.make("a")
    }

    // MARK: markers

    @Test func `a marker is a line with its task, its CPU and its time`() throws {
        try tree.write("instances/a/trace_marker", "hello\n")
        #expect(
            try tree.text("instances/a/trace").hasSuffix(
                "          tester-42      [000] .....     1.000000: tracing_mark_write: hello\n"))
        #expect(
            try tree.json("instances/a/trace")
                == #"{"instance":"a","entries_in_buffer":1,"entries_written":1,"events":[{"timestamp_ns":1000000000,"#
                + #""cpu":0,"pid":42,"comm":"tester","event":"ftrace/print","fields":{"ip":0,"buf":"hello\n"}}]}"#
                + "\n")
    }

    @Test func `a marker while tracing is off is EBADF`() throws {
        try tree.write("instances/a/tracing_on", "0")
        let failure = #expect(throws: Failure.self) { try tree.write("instances/a/trace_marker", "x") }
        #expect(failure?.errno == .badFileDescriptor)
    }

    @Test func `long text becomes several records, and loses nothing`() throws {
        let text = String(repeating: "0123456789", count: 1000)
        try tree.write("instances/a/trace_marker", text)
        let lines = try tree.pipe("instances/a/trace_pipe").split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines.map { $0.split(separator: ": ")[2] }.joined() == text)
    }

    // MARK: reading

    @Test func `trace consumes nothing, trace_pipe takes away`() throws {
        for index in 0..<3 { try tree.write("instances/a/trace_marker", "m\(index)") }
        #expect(try tree.text("instances/a/trace") == tree.text("instances/a/trace"))
        let first = try tree.pipe("instances/a/trace_pipe")
        #expect(first.split(separator: "\n").count == 3)
        #expect(try tree.pipe("instances/a/trace_pipe") == "")
        #expect(try tree.text("instances/a/trace").contains("entries-written: 0/0 "))
    }

    @Test func `lanes are merged by time, and each can be read alone`() throws {
        var other = tree
        other.caller.cpu = 1
        for index in 0..<6 {
            tree.time.advance(by: 1000)
            try (index % 2 == 0 ? tree : other).write("instances/a/trace_marker", "m\(index)")
        }
        let merged = try tree.text("instances/a/trace").split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(merged.map { $0.suffix(2) } == ["m0", "m1", "m2", "m3", "m4", "m5"])
        let second = try tree.text("instances/a/per_cpu/cpu1/trace").split(separator: "\n").filter {
            !$0.hasPrefix("#")
        }
        #expect(second.map { $0.suffix(2) } == ["m1", "m3", "m5"])
        #expect(try tree.text("instances/a/per_cpu/cpu1/trace").contains("entries-written: 6/6 "))
    }

    @Test func `a second reader of the pipe is EBUSY, until the first has gone`() throws {
        let first = try tree.node("instances/a/trace_pipe").open(ReadRequest(form: .text))
        for path in ["instances/a/trace_pipe", "instances/a/per_cpu/cpu0/trace_pipe"] {
            let failure = #expect(throws: Failure.self) { try tree.node(path).open(ReadRequest(form: .text)) }
            #expect(failure?.errno == .resourceBusy)
        }
        first.close()
        try tree.node("instances/a/per_cpu/cpu0/trace_pipe").open(ReadRequest(form: .text)).close()
    }

    @Test func `a pipe ends when its instance is removed`() throws {
        let file = try tree.node("instances/a/trace_pipe").open(ReadRequest(form: .ndjson))
        var out = ByteBuffer()
        #expect(file.read(into: &out, limit: 100) == .wouldBlock)
        try tree.remove("instances/a")
        #expect(file.read(into: &out, limit: 100) == .end)
        file.close()
    }

    @Test func `whoever waits for the pipe is woken once for each time it waits`() throws {
        let file = try tree.node("instances/a/trace_pipe").open(ReadRequest(form: .ndjson))
        let woken = Locked(0)
        file.onReadable { woken.withLock { $0 += 1 } }
        var out = ByteBuffer()
        for round in 1...3 {
            #expect(file.read(into: &out, limit: 100) == .wouldBlock)
            #expect(woken.withLock { $0 } == round - 1)
            for _ in 0..<3 { try tree.write("instances/a/trace_marker", "x") }
            #expect(woken.withLock { $0 } == round)
            while file.read(into: &out, limit: 1) == .more {}
        }
        file.close()
    }

    @Test func `what was overwritten is told as lost`() throws {
        try tree.write("instances/a/buffer_size_kb", "8")
        for index in 0..<2000 {
            try tree.write("instances/a/trace_marker", "m\(1_000_000 + index)".suffix(6).description)
        }
        let lines = try tree.pipe("instances/a/trace_pipe").split(separator: "\n")
        #expect(lines[0] == "CPU:0 [LOST 1595 EVENTS]")
        #expect(lines.count == 406)
    }

    @Test func `truncating trace clears it, appending does not`() throws {
        try tree.write("instances/a/trace_marker", "x")
        try tree.write("instances/a/trace", "anything", appends: true)
        #expect(try tree.text("instances/a/trace").contains("1/1 "))
        try tree.write("instances/a/trace", "")
        #expect(try tree.text("instances/a/trace").contains("0/0 "))
    }

    // MARK: user events

    @Test func `an event is defined, recorded everywhere it is wanted, and posted back as it was read`() throws {
        try tree.write("dynamic_events", "u:web/hit u64 id; char[8] verb; __data_loc char[] path", appends: true)
        try tree.make("b")
        for instance in ["a", "b"] { try tree.write("instances/\(instance)/events/web/hit/enable", "1") }
        try tree.write(
            "user_events_data",
            #"{"event":"web/hit","fields":{"id":"18446744073709551615","verb":"GET","path":"/é"}}"# + "\n",
            appends: true)
        let line = try tree.pipe("instances/a/trace_pipe", .ndjson)
        #expect(
            line
                == #"{"timestamp_ns":1000000000,"cpu":0,"pid":42,"comm":"tester","event":"web/hit","fields":{"id":18446744073709551615,"verb":"GET","path":"/é"}}"#
                + "\n")
        #expect(try tree.pipe("instances/b/trace_pipe", .ndjson) == line)
        try tree.write("user_events_data", line, appends: true)
        #expect(try tree.pipe("instances/a/trace_pipe", .ndjson) == line)
        #expect(try tree.text("dynamic_events") == "u:web/hit u64 id; char[8] verb; __data_loc char[] path\n")
    }

    @Test func `the same definition again is fine, another one of that name is EEXIST`() throws {
        try tree.write("dynamic_events", "u:web/hit u64 id", appends: true)
        try tree.write("dynamic_events", "u:web/hit u64 id", appends: true)
        let failure = #expect(throws: Failure.self) {
            try tree.write("dynamic_events", "u:web/hit u32 id", appends: true)
        }
        #expect(failure?.errno == .fileExists)
        let taken = #expect(throws: Failure.self) {
            try tree.write("dynamic_events", "u:shop/order u32 id", appends: true)
        }
        #expect(taken?.errno == .fileExists)
    }

    @Test func `an enabled event is not removed; a removed one takes its directory along`() throws {
        try tree.write("dynamic_events", "u:web/hit u64 id", appends: true)
        try tree.write("instances/a/events/web/hit/enable", "1")
        let busy = #expect(throws: Failure.self) { try tree.write("dynamic_events", "-:web/hit", appends: true) }
        #expect(busy?.errno == .resourceBusy)
        let file = try tree.node("instances/a/events/web/hit/enable")
        let directory = try tree.node("instances/a/events/web")
        try tree.write("instances/a/events/web/hit/enable", "0")
        try tree.write("dynamic_events", "-:web/hit", appends: true)
        #expect(throws: Failure.self) { try file.read() }
        #expect(throws: Failure.self) { try directory.entries() }
        #expect(throws: Failure.self) { try tree.node("instances/a/events/web") }
        #expect(try !tree.names("events").contains("web/"))
        let gone = #expect(throws: Failure.self) { try tree.write("dynamic_events", "-:web/hit", appends: true) }
        #expect(gone?.errno == .noSuchFileOrDirectory)
        #expect(gone?.subject == .content)
    }

    @Test func `a bad line says which, and how many went before it`() throws {
        try tree.write("events/shop/order/enable", "1")
        let good = #"{"event":"shop/order","fields":{"id":1}}"# + "\n"
        for bad in [
            "{", #"{"event":"shop/none"}"#, #"{"event":"shop/order","fields":{"x":1}}"#, #"{"fields":{}}"#, "[]",
            #"{"event":"shop/order","fields":{"qty":4294967296}}"#, #"{"event":"ftrace/print","fields":{}}"#,
            #"{"event":"shop/order","colour":"red"}"#, #"{"event":"shop/order","cpu":-1}"#,
        ] {
            let failure = #expect(throws: Failure.self) {
                try tree.write("user_events_data", good + "\n" + good + bad, appends: true)
            }
            #expect(failure?.line == 4, "\(bad)")
            #expect(failure?.written == 2, "\(bad)")
            #expect(failure?.subject == .content)
        }
        #expect(try tree.pipe("trace_pipe").split(separator: "\n").count == 18)
    }

    @Test func `an event that nobody wants is taken and costs nothing`() throws {
        try tree.write("user_events_data", #"{"event":"shop/order","fields":{"id":1}}"#, appends: true)
        #expect(try tree.text("trace").contains("0/0 "))
    }

    @Test func `inject fires an event into one instance`() throws {
        try tree.write("instances/a/events/shop/order/inject", "id=7 qty=3\n")
        #expect(try tree.pipe("instances/a/trace_pipe").hasSuffix("order: id=7 qty=3\n"))
        #expect(try tree.pipe("trace_pipe") == "")
        let failure = #expect(throws: Failure.self) {
            try tree.write("instances/a/events/shop/order/inject", "colour=7")
        }
        #expect(failure?.subject == .content)
    }
}
