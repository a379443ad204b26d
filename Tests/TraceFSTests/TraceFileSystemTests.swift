internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import Testing
internal import TraceEngine

@Suite struct TraceFileSystemTests {
    let tree: TraceTree

    init() throws {
        tree = try TraceTree()
        try tree.make("a")
    }

    // MARK: what is there

    @Test func `the top instance has what there is once, and every instance the rest`() throws {
        let rest = [
            "available_tracers", "buffer_percent", "buffer_size_kb", "buffer_subbuf_size_kb", "buffer_total_size_kb",
            "current_tracer", "error_log", "events/", "free_buffer", "options/", "per_cpu/", "set_event",
            "set_event_notrace_pid", "set_event_pid", "snapshot", "timestamp_mode", "trace", "trace_clock",
            "trace_marker", "trace_marker_raw", "trace_options", "trace_pipe", "tracing_cpumask", "tracing_on",
        ]
        #expect(try tree.names("instances/a") == rest)
        #expect(
            try tree.names("")
                == (rest + [
                    "README", "available_events", "dynamic_events", "instances/", "printk_formats", "saved_cmdlines",
                    "saved_cmdlines_size", "saved_tgids", "synthetic_events", "user_events_data",
                ]).sorted())
        #expect(try tree.names("instances/a/per_cpu") == ["cpu0/", "cpu1/"])
        #expect(
            try tree.names("instances/a/per_cpu/cpu1") == [
                "buffer_size_kb", "snapshot", "snapshot_raw", "stats", "trace", "trace_pipe", "trace_pipe_raw",
            ])
        #expect(
            try tree.names("instances/a/events") == [
                "enable", "ftrace/", "header_event", "header_page", "jit/", "shop/",
            ])
        #expect(try tree.names("instances/a/events/shop") == ["enable", "filter", "order/", "refund/"])
        #expect(
            try tree.names("instances/a/events/shop/order") == [
                "enable", "filter", "format", "hist", "id", "inject", "trigger",
            ])
        #expect(try tree.names("instances/a/events/ftrace/print") == ["format", "hist", "id", "trigger"])
    }

    @Test func `instances are private, and go with their files`() throws {
        try tree.write("instances/a/events/shop/enable", "1")
        #expect(try tree.text("events/shop/enable") == "0\n")
        let node = try tree.node("instances/a/tracing_on")
        try tree.remove("instances/a")
        #expect(throws: Failure.self) { try tree.node("instances/a/tracing_on") }
        let failure = #expect(throws: Failure.self) { try node.read() }
        #expect(failure?.errno == .operationNotSupportedByDevice)
        let again = #expect(throws: Failure.self) { try tree.remove("instances/a") }
        #expect(again?.errno == .noSuchFileOrDirectory)
    }

    @Test(arguments: [
        ("a", Errno.fileExists), ("", .invalidArgument), (".", .invalidArgument), ("..", .invalidArgument),
        ("x/y", .invalidArgument), ("x\0y", .invalidArgument), (String(repeating: "n", count: 256), .fileNameTooLong),
    ])
    func `an instance that cannot be made says why`(_ name: String, _ errno: Errno) throws {
        let failure = #expect(throws: Failure.self) { try tree.make(name) }
        #expect(failure?.errno == errno)
    }

    @Test func `what the kernel takes as a name is taken`() throws {
        for name in ["with space", "star*", "line\nbreak", "日本", String(repeating: "n", count: 255)] {
            try tree.make(name)
            #expect(try tree.text("instances/\(name)/tracing_on") == "1\n")
        }
    }

    // MARK: enable

    @Test func `enable shows 0, 1 and X at each level`() throws {
        try tree.write("instances/a/events/shop/order/enable", "1\n")
        #expect(try tree.text("instances/a/events/shop/order/enable") == "1\n")
        #expect(try tree.text("instances/a/events/shop/enable") == "X\n")
        #expect(try tree.value("instances/a/events/shop/enable") == .null)
        #expect(try tree.text("instances/a/events/enable") == "X\n")
        try tree.write("instances/a/events/shop/enable", "1")
        #expect(try tree.text("instances/a/events/shop/enable") == "1\n")
        try tree.write("instances/a/events/jit/enable", "1")
        #expect(try tree.value("instances/a/events/enable") == .boolean(true))
        try tree.write("instances/a/events/enable", "0")
        #expect(try tree.text("instances/a/events/shop/order/enable") == "0\n")
    }

    @Test(arguments: [
        ("", Errno.invalidArgument), ("\n", .invalidArgument), (" 1", .invalidArgument), ("1 ", .invalidArgument),
        ("0x1", .invalidArgument), ("on", .invalidArgument), ("-1", .invalidArgument), ("2", .invalidArgument),
        ("X", .invalidArgument), ("99999999999999999999999", .outOfRange),
    ])
    func `a bad switch is refused as the kernel does, and changes nothing`(_ text: String, _ errno: Errno) throws {
        for path in [
            "instances/a/events/enable", "instances/a/events/shop/enable", "instances/a/events/shop/order/enable",
        ] {
            let failure = #expect(throws: Failure.self) { try tree.write(path, text) }
            #expect(failure?.errno == errno)
            #expect(failure?.subject == .content)
            #expect(try tree.text(path) == "0\n")
        }
    }

    @Test func `tracing_on takes any number, zero being off`() throws {
        for (text, shown) in [("2", "1\n"), ("0", "0\n"), ("+0", "0\n"), ("01", "1\n"), ("000", "0\n")] {
            try tree.write("instances/a/tracing_on", text)
            #expect(try tree.text("instances/a/tracing_on") == shown)
        }
    }

    @Test func `set_event adds, removes, replaces, and lists in the catalogue's order`() throws {
        try tree.write("instances/a/set_event", "jit:ping shop:order")
        #expect(try tree.text("instances/a/set_event") == "shop:order\njit:ping\n")
        try tree.write("instances/a/set_event", "refund", appends: true)
        #expect(try tree.text("instances/a/set_event") == "shop:order\nshop:refund\njit:ping\n")
        try tree.write("instances/a/set_event", "!shop:*", appends: true)
        #expect(try tree.text("instances/a/set_event") == "jit:ping\n")
        try tree.write("instances/a/set_event", "shop")
        #expect(try tree.text("instances/a/set_event") == "shop:order\nshop:refund\n")
        try tree.write("instances/a/set_event", "")
        #expect(try tree.text("instances/a/set_event") == "")
    }

    @Test func `a bad name in set_event is EINVAL, and what stood before it stays`() throws {
        let failure = #expect(throws: Failure.self) { try tree.write("set_event", "jit:ping nothing:x shop:order") }
        #expect(failure?.errno == .invalidArgument)
        #expect(try tree.text("set_event") == "jit:ping\n")
        #expect(throws: Failure.self) { try tree.write("set_event", "p?ng", appends: true) }
    }

    @Test func `available_events has everything that can be enabled`() throws {
        #expect(try tree.text("available_events") == "shop:order\nshop:refund\njit:ping\n")
    }

    // MARK: format

    @Test func `format shows jitfs' own id, as id does`() throws {
        let id = try tree.text("events/shop/order/id")
        #expect(try tree.text("events/shop/order/format").contains("\nID: \(id)format:\n"))
        guard case .record(let members) = try tree.value("events/shop/order/format") else {
            Issue.record("a format is a record")
            return
        }
        #expect(members.map(\.name) == ["name", "id", "common_fields", "fields", "print_fmt"])
    }

    // MARK: buffers

    @Test func `a buffer's size is what its pages hold`() throws {
        #expect(try tree.text("instances/a/buffer_size_kb") == "1410\n")
        #expect(try tree.text("instances/a/buffer_total_size_kb") == "2820\n")
        for (asked, got) in [("1", "7\n"), ("8", "11\n"), ("64", "67\n"), ("100", "103\n")] {
            try tree.write("instances/a/buffer_size_kb", asked)
            #expect(try tree.text("instances/a/buffer_size_kb") == got)
        }
        try tree.write("instances/a/per_cpu/cpu1/buffer_size_kb", "8")
        #expect(try tree.text("instances/a/buffer_size_kb") == "X\n")
        #expect(try tree.value("instances/a/buffer_size_kb") == .null)
        #expect(throws: Failure.self) { try tree.write("instances/a/buffer_size_kb", "0") }
        let failure = #expect(throws: Failure.self) { try tree.write("instances/a/buffer_size_kb", "9007199254740992") }
        #expect(failure?.errno == .noMemory)
        #expect(try tree.text("instances/a/per_cpu/cpu0/buffer_size_kb") == "103\n")
    }

    @Test func `trace_clock shows the choice in brackets, and setting it clears the buffer`() throws {
        #expect(
            try tree.text("instances/a/trace_clock") == "[local] global counter uptime perf mono mono_raw boot tai\n")
        try tree.write("instances/a/trace_marker", "x")
        try tree.write("instances/a/trace_clock", " boot \n")
        #expect(
            try tree.text("instances/a/trace_clock") == "local global counter uptime perf mono mono_raw [boot] tai\n")
        #expect(try tree.text("instances/a/trace").contains("entries-written: 0/0 "))
        #expect(throws: Failure.self) { try tree.write("instances/a/trace_clock", "sundial") }
    }

    @Test func `stats has the kernel's lines`() throws {
        try tree.write("instances/a/trace_marker", "x")
        tree.time.advance(by: 500_000)
        #expect(
            try tree.text("instances/a/per_cpu/cpu0/stats") == """
                entries: 1
                overrun: 0
                commit overrun: 0
                bytes: 24
                oldest event ts:     1.000000
                now ts:     1.000500
                dropped events: 0
                read events: 0

                """)
    }
}
