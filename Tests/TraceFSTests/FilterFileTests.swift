internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import Testing
internal import TraceEngine

@Suite struct FilterFileTests {
    let tree: TraceTree

    init() throws {
        tree = try TraceTree()
        try tree.make("a")
    }

    private let order = "instances/a/events/shop/order/"

    private func inject(_ text: String) throws { try tree.write(order + "inject", text) }

    private func records() throws -> [Substring] {
        try tree.text("instances/a/trace").split(separator: "\n").filter { !$0.hasPrefix("#") }
    }

    @Test func `a filter is read as it was written, and holds its node`() throws {
        #expect(try tree.text(order + "filter") == "none\n")
        #expect(try tree.value(order + "filter") == .null)
        try tree.write(order + "filter", "qty > 3 \n")
        #expect(try tree.text(order + "filter") == "qty > 3\n")
        #expect(try tree.value(order + "filter") == .text("qty > 3"))
        #expect(try tree.text("events/shop/order/filter") == "none\n")
        try tree.write(order + "filter", "0\n")
        #expect(try tree.text(order + "filter") == "none\n")
    }

    @Test func `what does not pass is not recorded, wherever it comes from`() throws {
        try tree.write(order + "enable", "1")
        try tree.write(order + "filter", "id & 1 && qty >= 2")
        try inject("id=1 qty=2")
        try inject("id=2 qty=2")
        try tree.write("user_events_data", #"{"event":"shop/order","fields":{"id":3,"qty":1}}"#)
        try tree.write("user_events_data", #"{"event":"shop/order","fields":{"id":3,"qty":2}}"#)
        try tree.write("instances/a/trace_marker", "a word")
        #expect(try records().count == 3)
        #expect(try tree.text("instances/a/per_cpu/cpu0/stats").contains("entries: 3\n"))
    }

    @Test func `the event of a program is filtered as any other, and its filter goes with it`() throws {
        try tree.write("dynamic_events", "u:shop/sold u64 id; __data_loc char[] note; char[8] sku", appends: true)
        let sold = "instances/a/events/shop/sold/"
        try tree.write(sold + "enable", "1")
        try tree.write(sold + "filter", "note ~ \"two*\" || sku == 'x1'")
        for (note, sku) in [("two cups", "a"), ("one", "x1"), ("one", "x2")] {
            try tree.write(
                "user_events_data", #"{"event":"shop/sold","fields":{"id":1,"note":"\#(note)","sku":"\#(sku)"}}"#)
        }
        #expect(try records().count == 2)
        try tree.write(sold + "enable", "0")
        try tree.write("dynamic_events", "-:shop/sold", appends: true)
        try tree.write("dynamic_events", "u:shop/sold u64 id", appends: true)
        #expect(try tree.text(sold + "filter") == "none\n")
    }

    @Test(arguments: [
        ("bogus == 1", Errno.invalidArgument, "bogus == 1\n      ^\nparse_error: Field not found\n\n"),
        ("== 1", .notPermitted, "== 1\nError: (0)\n\n"), ("", .invalidArgument, "\nError: (0)\n\n"),
        ("(qty == 1", .noSuchFileOrDirectory, "(qty == 1\n^\nparse_error: Too many '('\n\n"),
        ("qty == 'x'", .invalidArgument, "qty == 'x'\n        ^\nparse_error: Expecting numeric field\n\n"),
    ])
    func `a bad filter is refused, shown with its fault, and lets all pass`(
        _ text: String, _ errno: Errno, _ shown: String
    ) throws {
        try tree.write(order + "enable", "1")
        try tree.write(order + "filter", "qty == 9")
        let failure = #expect(throws: Failure.self) { try tree.write(order + "filter", text) }
        #expect(failure?.errno == errno)
        #expect(failure?.subject == .content)
        #expect(try tree.text(order + "filter") == shown)
        try inject("id=1 qty=1")
        #expect(try records().count == 1)
    }

    @Test func `the log of an instance is its own, and truncation forgets it`() throws {
        try tree.make("b")
        #expect(throws: Failure.self) { try tree.write(order + "filter", "bogus == 1") }
        let line = "[    1.000000] event filter parse error: error: Field not found\n"
        let text = line + "  Command: bogus == 1\n                 ^\n"
        #expect(try tree.text("instances/a/error_log") == text)
        #expect(try tree.text("instances/b/error_log") == "")
        try tree.write("instances/a/error_log", "x", appends: true)
        #expect(try tree.text("instances/a/error_log") == text)
        try tree.write("instances/a/error_log", "")
        #expect(try tree.value("instances/a/error_log") == .list([]))
    }

    @Test func `a system's filter goes to all its events and shows how it is used`() throws {
        let help = "### global filter ###\n# Use this to set filters for multiple events.\n"
        #expect(try tree.text("instances/a/events/shop/filter").hasPrefix(help))
        try tree.write("instances/a/events/shop/filter", "qty == 1")
        #expect(try tree.text(order + "filter") == "qty == 1\n")
        #expect(
            try tree.text("instances/a/events/shop/refund/filter")
                == "qty == 1\n^\nparse_error: Couldn't find or set field in one of a subsystem's events\n\n")
        #expect(try tree.text("instances/a/events/shop/filter").hasPrefix(help))
        try tree.write("instances/a/events/shop/filter", " 0 ")
        #expect(try tree.text("instances/a/events/shop/refund/filter") == "none\n")
        #expect(throws: Failure.self) { try tree.text("instances/a/events/ftrace/filter") }
        #expect(throws: Failure.self) { try tree.text("instances/a/events/ftrace/print/filter") }
    }
}
