internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import Testing
internal import TraceEngine

/// The files `hist` and `synthetic_events`, and what histograms change of `trigger`, `dynamic_events` and `error_log`.
@Suite struct HistogramFileTests {
    let tree: TraceTree

    init() throws {
        tree = try TraceTree()
        try tree.make("a")
    }

    private let order = "instances/a/events/shop/order/"

    private func post(_ event: String, _ fields: String, at time: UInt64? = nil) throws {
        let time = time.map { ",\"timestamp_ns\":\($0)" } ?? ""
        try tree.write("user_events_data", "{\"event\":\"\(event)\",\"fields\":{\(fields)}\(time)}")
    }

    @Test func `a histogram is read as text and as a document`() throws {
        #expect(try tree.text(order + "hist") == "")
        #expect(try tree.value(order + "hist") == .list([]))
        try tree.write(order + "trigger", "hist:keys=qty:vals=id if id < 100\n")
        for (id, qty) in [(7, 1), (8, 2), (9, 2), (100, 2)] { try post("shop/order", "\"id\":\(id),\"qty\":\(qty)") }
        let line = "hist:keys=qty:vals=hitcount,id:sort=hitcount:size=2048 if id < 100 [active]"
        #expect(try tree.text(order + "trigger") == line + "\n")
        #expect(try tree.value(order + "trigger") == .list([.text(line)]))
        #expect(
            try tree.text(order + "hist") == """
                # event histogram
                #
                # trigger info: \(line)
                #

                { qty:          1 } hitcount:          1  id:          7
                { qty:          2 } hitcount:          2  id:         17

                Totals:
                    Hits: 3
                    Entries: 2
                    Dropped: 0

                """)
        func entry(_ qty: UInt64, _ hits: UInt64, _ id: UInt64) -> Value {
            .record([
                .init("keys", .record([.init("qty", .unsigned(qty))])),
                .init("values", .record([.init("hitcount", .unsigned(hits)), .init("id", .unsigned(id))])),
            ])
        }
        let totals: Value = .record([
            .init("hits", .unsigned(3)), .init("entries", .unsigned(2)), .init("dropped", .unsigned(0)),
        ])
        #expect(
            try tree.value(order + "hist")
                == .list([
                    .record([
                        .init("trigger", .text(line)), .init("paused", .boolean(false)),
                        .init("size", .unsigned(2048)), .init("entries", .list([entry(1, 1, 7), entry(2, 2, 17)])),
                        .init("totals", totals),
                    ])
                ]))
        #expect(try tree.text("events/shop/order/hist") == "")
    }

    @Test func `what actions keep and buckets are in the document too`() throws {
        try tree.write(order + "trigger", "hist:keys=qty.buckets=10:top=id:onmax($top).save(qty)")
        try post("shop/order", "\"id\":7,\"qty\":23")
        guard case .list(let all) = try tree.value(order + "hist"), case .record(let members) = all.first,
            case .list(let entries) = members.first(where: { $0.name == "entries" })?.value
        else {
            Issue.record("no entries")
            return
        }
        let range: Value = .record([.init("from", .unsigned(20)), .init("to", .unsigned(29))])
        #expect(
            entries == [
                .record([
                    .init("keys", .record([.init("qty", range)])),
                    .init("values", .record([.init("hitcount", .unsigned(1))])),
                    .init("kept", .record([.init("max", .unsigned(7)), .init("qty", .unsigned(23))])),
                ])
            ])
    }

    @Test func `truncation removes histograms and no other trigger`() throws {
        try tree.write(order + "trigger", "traceoff")
        try tree.write(order + "trigger", "hist:keys=qty", appends: true)
        try tree.write(order + "trigger", "hist:keys=id", appends: true)
        #expect(try tree.text(order + "trigger").split(separator: "\n").count == 3)
        try tree.write(order + "trigger", "hist:keys=qty:sort=qty")
        #expect(
            try tree.text(order + "trigger")
                == "traceoff:unlimited\nhist:keys=qty:vals=hitcount:sort=qty:size=2048 [active]\n")
        try tree.write(order + "trigger", "!hist:keys=qty:sort=qty", appends: true)
        #expect(try tree.text(order + "hist") == "")
    }

    @Test func `what is wrong is in the instance's error log`() throws {
        let failure = #expect(throws: Failure.self) { try tree.write(order + "trigger", "hist:keys=qty:sort=nosuch") }
        #expect(failure?.errno == .invalidArgument)
        #expect(failure?.reason == "at byte 19: Sort field must be a key or a val")
        #expect(
            try tree.text("instances/a/error_log") == """
                [    1.000000] hist:shop:order: error: Sort field must be a key or a val
                  Command: hist:keys=qty:sort=nosuch
                                              ^

                """)
        #expect(try tree.text("error_log") == "")
    }

    @Test func `only events that can be enabled have histograms, and markers`() throws {
        #expect(throws: Failure.self) { try tree.node("instances/a/events/ftrace/raw_data/hist") }
        try tree.write("instances/a/events/ftrace/print/trigger", "hist:keys=common_pid")
        for _ in 0..<10 { try tree.write("instances/a/trace_marker", "hello") }
        #expect(try tree.text("instances/a/events/ftrace/print/hist").contains("hitcount:         10\n"))
    }

    // MARK: synthetic events

    @Test func `synthetic events are written line by line, appended, removed and truncated`() throws {
        try tree.write("synthetic_events", "late u64 ns # how late\n\n# nothing\nmore u64 x; char who[]\n")
        #expect(try tree.text("synthetic_events") == "late\tu64 ns\nmore\tu64 x; char[] who\n")
        #expect(try tree.value("synthetic_events") == .list([.text("late\tu64 ns"), .text("more\tu64 x; char[] who")]))
        #expect(try tree.text("dynamic_events") == "s:synthetic/late\tu64 ns\ns:synthetic/more\tu64 x; char[] who\n")
        #expect(
            try tree.names("instances/a/events/synthetic/late") == [
                "enable", "filter", "format", "hist", "id", "inject", "trigger",
            ])
        try tree.write("synthetic_events", "!late", appends: true)
        try tree.write("dynamic_events", "s:synthetic/third s32 y", appends: true)
        try tree.write("dynamic_events", "-:synthetic/more", appends: true)
        #expect(try tree.text("synthetic_events") == "third\ts32 y\n")
        try tree.write("synthetic_events", "fourth s32 y")
        #expect(try tree.text("synthetic_events") == "fourth\ts32 y\n")
        try tree.write("instances/a/events/synthetic/fourth/enable", "1")
        let busy = #expect(throws: Failure.self) { try tree.write("synthetic_events", "") }
        #expect(busy?.errno == .resourceBusy)
        try tree.write("instances/a/events/synthetic/fourth/enable", "0")
        try tree.write("dynamic_events", "")
        #expect(try tree.text("synthetic_events") == "")
        #expect(throws: Failure.self) { try tree.node("events/synthetic") }
    }

    @Test(arguments: [
        ("late u64", Errno.invalidArgument), ("!nosuch", .noSuchFileOrDirectory), ("late zork x", .invalidArgument),
    ])
    func `a refused definition says why, and in which line`(_ text: String, _ errno: Errno) throws {
        let failure = #expect(throws: Failure.self) {
            try tree.write("synthetic_events", "good u64 x\n" + text, appends: true)
        }
        #expect(failure?.errno == errno)
        #expect(failure?.line == 2)
        #expect(failure?.written == 1)
        #expect(try tree.text("synthetic_events") == "good\tu64 x\n")
    }

    @Test func `the time between two events becomes an event, and that a histogram`() throws {
        try tree.write("synthetic_events", "delivery u64 ms; u64 order")
        try tree.write(order + "trigger", "hist:keys=id:ts0=common_timestamp.usecs")
        try tree.write(
            "instances/a/events/shop/refund/trigger",
            "hist:keys=id:us=common_timestamp.usecs-$ts0:onmatch(shop.order).trace(delivery,$us,shop.order.id)")
        try tree.write("instances/a/events/synthetic/delivery/trigger", "hist:keys=order:vals=ms:sort=order")
        try tree.write("instances/a/events/synthetic/delivery/enable", "1")
        for (id, start, end) in [(1, 1000, 9000), (2, 2000, 4000), (1, 20_000, 21_000)] as [(Int, UInt64, UInt64)] {
            try post("shop/order", "\"id\":\(id),\"qty\":1", at: start)
            try post("shop/refund", "\"id\":\(id)", at: end)
        }
        #expect(
            try tree.text("instances/a/events/synthetic/delivery/hist").contains(
                """
                { order:          1 } hitcount:          2  ms:          9
                { order:          2 } hitcount:          1  ms:          2

                Totals:
                    Hits: 3

                """))
        #expect(try tree.text("instances/a/trace").contains(" delivery: ms=8 order=1\n"))
        #expect(throws: Failure.self) { try tree.write("synthetic_events", "!delivery", appends: true) }
    }
}
