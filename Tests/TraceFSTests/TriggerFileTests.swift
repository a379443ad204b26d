internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import Testing
internal import TraceEngine

@Suite struct TriggerFileTests {
    let tree: TraceTree

    init() throws {
        tree = try TraceTree()
        try tree.make("a")
    }

    private let order = "instances/a/events/shop/order/"
    private let help = "# Available triggers:\n# traceon traceoff stacktrace enable_event disable_event\n"

    @Test func `a trigger is added by either write, listed, and removed`() throws {
        #expect(try tree.text(order + "trigger") == help)
        #expect(try tree.value(order + "trigger") == .list([]))
        try tree.write(order + "trigger", "traceoff:3 if qty > 3\n")
        try tree.write(order + "trigger", "enable_event:shop:refund", appends: true)
        let lines = ["enable_event:shop:refund:unlimited", "traceoff:count=3 if qty > 3"]
        #expect(try tree.text(order + "trigger") == lines.joined(separator: "\n") + "\n")
        #expect(try tree.value(order + "trigger") == .list(lines.map { .text($0) }))
        // Truncation removes none of them.
        try tree.write(order + "trigger", "")
        #expect(try tree.text(order + "enable") == "0*\n")
        #expect(try tree.text("instances/a/events/shop/refund/enable") == "0*\n")
        #expect(try tree.text("events/shop/refund/enable") == "0\n")
        for line in ["!traceoff", "!enable_event:shop:refund"] {
            try tree.write(order + "trigger", line, appends: true)
        }
        #expect(try tree.text(order + "trigger") == help)
        #expect(try tree.text("instances/a/events/shop/refund/enable") == "0\n")
    }

    @Test(arguments: [
        ("hist:keys=nosuch", Errno.invalidArgument), ("snapshots", .invalidArgument), ("traceon", .fileExists),
        ("stacktrace if (qty == 1", .noSuchFileOrDirectory), ("enable_event:shop:lost", .invalidArgument),
    ])
    func `a refused trigger says why`(_ text: String, _ errno: Errno) throws {
        try tree.write(order + "trigger", "traceoff")
        let failure = #expect(throws: Failure.self) { try tree.write(order + "trigger", text, appends: true) }
        #expect(failure?.errno == errno)
        #expect(failure?.subject == .content)
    }

    @Test func `an event starts and stops another, and a marker stops everything`() throws {
        try tree.write(order + "trigger", "enable_event:shop:refund if id == 1")
        try tree.write(order + "enable", "1")
        for id in [0, 1] {
            try tree.write("user_events_data", #"{"event":"shop/refund","fields":{"id":7}}"#)
            try tree.write("user_events_data", #"{"event":"shop/order","fields":{"id":\#(id),"qty":1}}"#)
        }
        try tree.write("user_events_data", #"{"event":"shop/refund","fields":{"id":8}}"#)
        #expect(try tree.text("instances/a/events/shop/refund/enable") == "1*\n")
        try tree.write("instances/a/events/ftrace/print/trigger", "traceoff if buf ~ 'stop*'")
        try tree.write("instances/a/trace_marker", "stop here")
        #expect(try tree.text("instances/a/tracing_on") == "0\n")
        let records = try tree.text("instances/a/trace").split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(records.count == 4)
        #expect(records.last?.hasSuffix("stop here") == true)
    }

    @Test func `only events that can be enabled have triggers, and markers`() throws {
        #expect(try tree.text("instances/a/events/ftrace/print/trigger") == help)
        #expect(throws: Failure.self) { try tree.text("instances/a/events/ftrace/print/enable") }
        try tree.write("dynamic_events", "u:shop/sold u64 id", appends: true)
        try tree.write("instances/a/events/shop/sold/trigger", "traceoff")
        let failure = #expect(throws: Failure.self) {
            try tree.write("dynamic_events", "-:shop/sold", appends: true)
        }
        #expect(failure?.errno == .resourceBusy)
    }
}
