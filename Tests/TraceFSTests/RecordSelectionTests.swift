internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import Testing
internal import TraceEngine

@Suite struct RecordSelectionTests {
    let tree: TraceTree

    /// Six records a microsecond apart: orders, pings and refunds in turn, on two lanes.
    init() throws {
        tree = try TraceTree()
        let three = ["shop/order", "jit/ping", "shop/refund"]
        for (index, event) in (three + three).enumerated() {
            tree.time.advance(by: 1000)
            try tree.write("events/\(event)/enable", "1")
            try tree.write("user_events_data", #"{"event":"\#(event)","cpu":\#(index % 2)}"#, appends: true)
        }
    }

    private func read(
        _ path: String = "trace", _ form: Form = .ndjson, since: UInt64? = nil, event: String? = nil,
        count: UInt64? = nil
    ) throws -> String {
        var arguments = Arguments()
        if let since { arguments.add("since", .integer(since)) }
        if let event { arguments.add("event", .name(event)) }
        if let count { arguments.add("count", .integer(count)) }
        if path.hasSuffix("pipe") { arguments.add("timeout", .seconds(0)) }
        let file = try tree.node(path).open(ReadRequest(form: form, arguments: arguments, caller: tree.caller))
        var out = ByteBuffer()
        while file.read(into: &out, limit: 64) == .more {}
        file.close()
        return out.text
    }

    /// The microseconds of the records.
    private func times(_ text: String) -> [Int] {
        text.split(separator: "\n").compactMap { line in
            line.split(separator: ",").first.flatMap { Int($0.drop { $0 != ":" }.dropFirst()) }.map {
                ($0 - 1_000_000_000) / 1000
            }
        }
    }

    @Test func `since is where it begins`() throws {
        #expect(try times(read()) == [1, 2, 3, 4, 5, 6])
        #expect(try times(read(since: 1_000_003_000)) == [3, 4, 5, 6])
        #expect(try times(read(since: 1_000_003_001)) == [4, 5, 6])
        #expect(try times(read(since: .max)) == [])
    }

    @Test func `count ends it, at the oldest that fit`() throws {
        #expect(try times(read(count: 2)) == [1, 2])
        #expect(try times(read(since: 1_000_002_000, event: "order", count: 1)) == [4])
        #expect(try times(read(count: 100)).count == 6)
    }

    @Test(arguments: [
        ("shop/*", [1, 3, 4, 6]), ("*/ping", [2, 5]), ("ping", [2, 5]), ("shop/order,jit/*", [1, 2, 4, 5]),
        ("*", [1, 2, 3, 4, 5, 6]), ("[js]*/*[!g]", [1, 3, 4, 6]), ("nothing", []), ("shop", []),
        ("?hop/re?und", [3, 6]),
    ])
    func `event names which`(_ event: String, _ expected: [Int]) throws {
        #expect(try times(read(event: event)) == expected)
    }

    @Test(arguments: ["/", "shop/", "/order", "a/b/c", "order,/"])
    func `a pattern that names nothing is EINVAL, and says which parameter`(_ event: String) throws {
        for path in ["trace", "trace_pipe"] {
            let failure = #expect(throws: Failure.self) { _ = try read(path, event: event) }
            #expect(failure?.errno == .invalidArgument)
            #expect(failure?.reason.contains("\"event\"") == true)
        }
        #expect(try tree.pipe("trace_pipe").split(separator: "\n").count == 6)
    }

    @Test func `every form takes them`() throws {
        let text = try read("trace", .text, event: "ping").split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(text.count == 2 && text.allSatisfy { $0.contains(": ping: ") })
        let json = try read("trace", .json, event: "ping")
        let document = try JSONReader.document(json.utf8Span.span)
        guard case .array(let events)? = document.members?.last?.value else {
            Issue.record("no events")
            return
        }
        #expect(events.count == 2)
        #expect(
            try read("trace", .chrome, event: "ping").split(separator: "\n").filter { $0.contains("\"ping\"") }.count
                == 2)
        #expect(try times(read("per_cpu/cpu1/trace", event: "ping")) == [2])
    }

    @Test func `what a pipe leaves out is consumed too`() throws {
        #expect(try times(read("trace_pipe", since: 1_000_002_000, event: "shop/*", count: 2)) == [3, 4])
        #expect(try times(read("trace_pipe")) == [5, 6])
        #expect(try read("trace_pipe") == "")
    }

    @Test func `a document for Perfetto is JSON, whole, with losses in their place`() throws {
        try tree.make("a")
        try tree.write("instances/a/buffer_size_kb", "8")
        for index in 0..<1000 {
            tree.time.advance(by: 1000)
            try tree.write("instances/a/trace_marker", index % 2 == 0 ? "B|1|slice" : "E|1")
        }
        let text = try read("instances/a/trace", .chrome)
        let document = try JSONReader.document(text.utf8Span.span)
        guard case .array(let events)? = document.members?.last?.value else {
            Issue.record("no events")
            return
        }
        #expect(events.count > 100)
        let lines = text.split(separator: "\n")
        #expect(lines.filter { $0.contains("lost events") }.count == 1)
        #expect(lines[2].contains("lost events"))
        let begun = lines.filter { $0.contains("\"ph\":\"B\"") }.count
        let ended = lines.filter { $0.contains("\"ph\":\"E\"") }.count
        #expect(begun == ended && begun > 50)
    }
}
