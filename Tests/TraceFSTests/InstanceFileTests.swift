internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import Testing
internal import TraceEngine

/// The files of an instance beside its events and its records.
@Suite struct InstanceFileTests {
    private let tree: TraceTree

    init() throws {
        tree = try TraceTree()
        try tree.make("a")
    }

    private func refusal(_ path: String, _ text: String, appends: Bool = false) -> Errno? {
        do throws(Failure) {
            try tree.write("instances/a/" + path, text, appends: appends)
            return nil
        } catch {
            return error.errno
        }
    }

    private func text(_ path: String) throws -> String { try tree.text("instances/a/" + path) }

    private func write(_ path: String, _ text: String, appends: Bool = false) throws {
        try tree.write("instances/a/" + path, text, appends: appends)
    }

    // MARK: options

    private static let fresh = """
        print-parent
        nosym-offset
        nosym-addr
        noverbose
        noraw
        nohex
        nobin
        noblock
        nofields
        trace_printk
        annotate
        nouserstacktrace
        nosym-userobj
        noprintk-msg-only
        context-info
        nolatency-format
        record-cmd
        norecord-tgid
        overwrite
        nodisable_on_free
        irq-info
        markers
        noevent-fork
        notrace_printk_dest
        nocopy_trace_marker
        nopause-on-trace
        hash-ptr
        function-trace
        nofunction-fork
        nostacktrace
        notest_nop_accept
        notest_nop_refuse

        """

    @Test func `trace_options lists what Linux lists, at the top and in an instance`() throws {
        #expect(try text("trace_options") == Self.fresh)
        #expect(
            try tree.text("trace_options")
                == Self.fresh.replacing("notrace_printk_dest", with: "trace_printk_dest")
                .replacing("nocopy_trace_marker", with: "copy_trace_marker"))
        let names = try tree.names("instances/a/options")
        let top = try tree.names("options")
        #expect(names.count == 29)
        #expect(Set(top).subtracting(names) == ["printk-msg-only", "record-cmd", "trace_printk"])
    }

    @Test func `each option is a file that takes 0 and 1`() throws {
        for name in try tree.names("instances/a/options") where name != "test_nop_refuse" {
            let before = try text("options/" + name)
            let other = before == "1\n" ? "0" : "1"
            try write("options/" + name, other)
            #expect(try text("options/" + name) == other + "\n")
            try write("options/" + name, "00" + before)
            #expect(try text("options/" + name) == before)
            for bad in ["2", "on", "", "-1", " 1"] { #expect(refusal("options/" + name, bad) == .invalidArgument) }
        }
        #expect(refusal("options/test_nop_refuse", "1") == .invalidArgument)
        #expect(refusal("options/test_nop_refuse", "0") == nil)
        #expect(try text("options/test_nop_refuse") == "0\n")
        #expect(refusal("trace_options", " nooverwrite\n") == nil)
        #expect(try text("options/overwrite") == "0\n")
        for bad in ["", "bogus", "nobogus", "RAW", "raw hex", "raw,hex", String(repeating: " ", count: 61) + "raw"] {
            #expect(refusal("trace_options", bad) == .invalidArgument)
        }
        #expect(try text("options/raw") == "0\n")
    }

    @Test(arguments: [
        ("raw", "42 0 1000001000 type: 32\n42 0 1000002000 # 0 mark\n"),
        (
            "hex",
            "0000002a 00000000 000000003b9acde8 type: 32\n\n0000002a 00000000 000000003b9ad1d0 type: 5\n\n"
        ),
        ("nocontext-info", "order: id=7 qty=9\ntracing_mark_write: mark\n"),
        ("printk-msg-only", "          tester-42      [000] .....     1.000001: order: id=7 qty=9\nmark\n"),
        (
            "sym-offset",
            "          tester-42      [000] .....     1.000001: order: id=7 qty=9\n"
                + "          tester-42      [000] .....     1.000002: tracing_mark_write+0x0/0x0: mark\n"
        ),
        (
            "sym-addr",
            "          tester-42      [000] .....     1.000001: order: id=7 qty=9\n"
                + "          tester-42      [000] .....     1.000002: tracing_mark_write <0000000000000000>: mark\n"
        ),
        (
            "noirq-info",
            "          tester-42      [000]      1.000001: order: id=7 qty=9\n"
                + "          tester-42      [000]      1.000002: tracing_mark_write: mark\n"
        ),
        (
            "stacktrace",
            "          tester-42      [000] .....     1.000001: order: id=7 qty=9\n"
                + "          tester-42      [000] .....     1.000001: <stack trace>\n"
                + "          tester-42      [000] .....     1.000002: tracing_mark_write: mark\n"
        ),
        (
            "userstacktrace",
            "          tester-42      [000] .....     1.000001: order: id=7 qty=9\n"
                + "          tester-42      [000] .....     1.000001: <user stack trace>\n"
                + "          tester-42      [000] .....     1.000002: tracing_mark_write: mark\n"
        ),
        (
            "record-tgid",
            "          tester-42      (     42) [000] .....     1.000001: order: id=7 qty=9\n"
                + "          tester-42      (     42) [000] .....     1.000002: tracing_mark_write: mark\n"
        ),
    ])
    func `an option changes the lines as in Linux`(_ option: String, _ lines: String) throws {
        try write("events/shop/order/enable", "1")
        try write("trace_options", option)
        tree.time.advance(by: 1000)
        try write("events/shop/order/inject", "id=7 qty=9")
        tree.time.advance(by: 1000)
        try write("trace_marker", "mark")
        let all = try text("trace")
        let body = all.split(separator: "\n", omittingEmptySubsequences: false).filter {
            !$0.hasPrefix("#") || $0.contains("# 0")
        }
        #expect(body.joined(separator: "\n") == lines)
    }

    @Test func `bin gives pid, CPU and time as bytes`() throws {
        try write("options/bin", "1")
        try write("trace_marker", "x")
        let all = try text("trace")
        #expect(all.hasSuffix("*\0\0\0\0\0\0\0\0\u{29A};\0\0\0\0type: 5\n"))
    }

    @Test func `the latency format has a header of its own, and the time to the next record`() throws {
        try write("options/latency-format", "1")
        #expect(try text("trace") == "# tracer: nop\n#\n")
        for delay: UInt64 in [0, 45_000, 200_000] {
            tree.time.advance(by: delay)
            try write("trace_marker", "m")
        }
        let all = try text("trace")
        #expect(all.hasPrefix("# tracer: nop\n#\n# nop latency trace v1.1.5 on 6.18\n# ----"))
        #expect(all.contains("\n# latency: 0 us, #3/3, CPU#0 | (M:PREEMPT(none) VP:0, KP:0, SP:0 HP:0 #P:2)\n"))
        #expect(
            all.contains(
                "\n#  cmd     pid     |||||| time  |   caller     \n#     \\   /        ||||||  \\    |    /       \n"))
        #expect(
            all.hasSuffix(
                """
                  tester-42        0..... 1000000us+: tracing_mark_write: m
                  tester-42        0..... 1000045us!: tracing_mark_write: m
                  tester-42        0..... 1000245us : tracing_mark_write: m

                """))
        try write("options/verbose", "1")
        #expect(
            try text("trace").contains(
                "          tester      42   0 0 00000000 00000001 [000f4240] 1000.000ms (+0.045ms): "))
    }

    @Test func `once records were overwritten a line says where the next CPU's begin`() throws {
        try write("buffer_size_kb", "8")
        for index in 0..<1000 {
            tree.time.advance(by: 1000)
            try write("trace_marker", "\(index)")
        }
        #expect(try !text("trace").contains("buffer started"))
        var other = tree
        other.caller = Caller(cpu: 1, pid: 43, comm: "other")
        try other.write("instances/a/trace_marker", "here")
        #expect(
            try text("trace").hasSuffix(
                "##### CPU 1 buffer started ####\n           other-43      [001] .....     1.001000: tracing_mark_write: here\n"
            ))
        try write("options/annotate", "0")
        #expect(try !text("trace").contains("buffer started"))
    }

    @Test func `a line of a raw marker is cut where the kernel's is`() throws {
        try write("trace_marker_raw", String(repeating: "\u{1}", count: 4000))
        let line = try text("trace").split(separator: "\n").filter { !$0.hasPrefix("#") }.joined()
        #expect(line.utf8.count == 8153)
        #expect(refusal("trace_marker_raw", "abc") == .invalidArgument)
        #expect(refusal("trace_marker_raw", String(repeating: "a", count: 4065)) == .invalidArgument)
    }

    // MARK: tasks

    @Test func `a write to set_event_pid replaces, one that appends adds`() throws {
        for file in ["set_event_pid", "set_event_notrace_pid"] {
            #expect(try text(file) == "")
            try write(file, "456 123")
            #expect(try text(file) == "123\n456\n")
            try write(file, "7", appends: true)
            #expect(try text(file) == "7\n123\n456\n")
            #expect(refusal(file, "12 abc 34", appends: true) == .invalidArgument)
            #expect(try text(file) == "7\n123\n456\n")
            #expect(refusal(file, "99999999999") == .notPermitted)
            #expect(try text(file) == "")
            try write(file, "0x10")
            #expect(try text(file) == "16\n")
            try write(file, "")
            #expect(try text(file) == "")
        }
    }

    @Test func `the names of tasks are listed, as many as are wanted`() throws {
        #expect(try tree.text("saved_cmdlines_size") == "4096\n")
        for pid: Int32 in 1...5 {
            var other = tree
            other.caller = Caller(cpu: 0, pid: pid, comm: "task \(pid)")
            try other.write("instances/a/trace_marker", "m")
        }
        #expect(try tree.text("saved_cmdlines") == "1 task 1\n2 task 2\n3 task 3\n4 task 4\n5 task 5\n")
        try tree.write("saved_cmdlines_size", "2")
        #expect(try tree.text("saved_cmdlines") == "4 task 4\n5 task 5\n")
        #expect(try text("trace").contains("   <...>-3 "))
        for bad in ["0", "-1", "4294967295", "", "32769"] {
            #expect(throws: Failure.self) { try tree.write("saved_cmdlines_size", bad) }
        }
        #expect(throws: Failure.self) { try tree.write("saved_cmdlines", "x") }
        #expect(try tree.text("saved_cmdlines_size") == "2\n")
        #expect(try tree.text("saved_tgids") == "")
        try write("options/record-tgid", "1")
        #expect(try tree.text("saved_tgids") == "4 4\n5 5\n")
    }

    // MARK: buffers

    @Test func `the mask is of the CPUs there are`() throws {
        #expect(try text("tracing_cpumask") == "3\n")
        try write("tracing_cpumask", "2")
        #expect(try text("tracing_cpumask") == "2\n")
        #expect(refusal("trace_marker", "lost") == .badFileDescriptor)
        for (bad, errno) in [
            ("4", Errno.overflow), ("zz", .invalidArgument), ("", .invalidArgument), ("0,3", .overflow),
        ] {
            #expect(refusal("tracing_cpumask", bad) == errno)
        }
        #expect(try text("tracing_cpumask") == "2\n")
    }

    @Test func `sub-buffers have the size that header_page tells`() throws {
        #expect(try text("buffer_subbuf_size_kb") == "4\n")
        try write("trace_marker", "before")
        try write("buffer_subbuf_size_kb", "5")
        #expect(try text("buffer_subbuf_size_kb") == "8\n")
        #expect(try text("buffer_size_kb") == "1410\n")
        #expect(try text("events/header_page").hasSuffix("offset:16;\tsize:8176;\tsigned:0;\n"))
        #expect(try tree.text("events/header_page").hasSuffix("offset:16;\tsize:4080;\tsigned:0;\n"))
        #expect(try text("trace").contains("entries-written: 0/0 "))
        for bad in ["0", "-4", "513", "x", ""] { #expect(refusal("buffer_subbuf_size_kb", bad) == .invalidArgument) }
        try write("trace_marker", "after")
        #expect(try tree.pipe("instances/a/per_cpu/cpu0/trace_pipe_raw", .bytes).utf8.count >= 8192)
        #expect(try text("buffer_percent") == "50\n")
        try write("buffer_percent", "0")
        #expect(refusal("buffer_percent", "101") == .invalidArgument)
        #expect(try text("buffer_percent") == "0\n")
        try write("free_buffer", "")
        #expect(try text("buffer_size_kb") == "15\n")
    }

    @Test func `there is one tracer, and one way to tell time`() throws {
        #expect(try text("current_tracer") == "nop\n")
        #expect(try text("available_tracers") == "nop\n")
        #expect(try text("timestamp_mode") == "[delta] absolute\n")
        #expect(try tree.text("printk_formats") == "")
        for name in [" nop", "nop  \n"] { #expect(refusal("current_tracer", name) == nil) }
        for name in ["function", "NOP", "", "nopnop"] { #expect(refusal("current_tracer", name) == .invalidArgument) }
        let readme = try tree.text("README")
        #expect(readme.hasPrefix("jitfs tracing mini-HOWTO:\n"))
        for name in try tree.names("instances/a") {
            #expect(
                readme.contains(name) || name == "timestamp_mode" || name == "available_tracers" || name == "events/"
                    || name == "per_cpu/")
        }
    }

    // MARK: snapshot

    @Test func `snapshot says how it is used until it holds something`() throws {
        let help = """
            # Snapshot commands:
            # echo 0 > snapshot : Clears and frees snapshot buffer
            # echo 1 > snapshot : Allocates snapshot buffer, if not already allocated.
            #                      Takes a snapshot of the main buffer.
            # echo 2 > snapshot : Clears snapshot buffer (but does not allocate or free)
            #                      (Doesn't have to be '2' works with any number that
            #                       is not a '0' or '1')

            """
        #expect(try text("snapshot") == "# tracer: nop\n#\n#\n# * Snapshot is freed *\n#\n" + help)
        try write("snapshot", "2")
        #expect(try text("snapshot") == "# tracer: nop\n#\n#\n# * Snapshot is freed *\n#\n" + help)
        try write("snapshot", "1")
        #expect(try text("snapshot") == "# tracer: nop\n#\n#\n# * Snapshot is allocated *\n#\n" + help)
        #expect(
            try text("per_cpu/cpu0/snapshot").contains("# echo 0 > snapshot : Invalid for per_cpu snapshot file.\n"))
        try write("trace_marker", "then")
        try write("snapshot", "1\n")
        try write("trace_marker", "now")
        let shown = try text("snapshot")
        #expect(shown.hasPrefix("# tracer: nop\n#\n# entries-in-buffer/entries-written: 1/1   #P:2\n"))
        #expect(shown.hasSuffix("tracing_mark_write: then\n"))
        #expect(try text("trace").hasSuffix("tracing_mark_write: now\n"))
        #expect(
            try tree.json("instances/a/snapshot").hasPrefix(#"{"instance":"a","allocated":true,"entries_in_buffer":1,"#)
        )
        #expect(refusal("per_cpu/cpu0/snapshot", "0") == .invalidArgument)
        try write("per_cpu/cpu0/snapshot", "7")
        #expect(try text("snapshot").contains("* Snapshot is allocated *"))
        for bad in ["", "x", "-1", "1 "] { #expect(refusal("snapshot", bad) == .invalidArgument) }
        try write("per_cpu/cpu0/snapshot", "1")
        #expect(try text("snapshot").hasSuffix("tracing_mark_write: now\n"))
        #expect(try tree.pipe("instances/a/per_cpu/cpu0/snapshot_raw", .bytes).utf8.count >= 4096)
        #expect(try tree.pipe("instances/a/per_cpu/cpu0/snapshot_raw", .bytes) == "")
        try write("snapshot", "0")
        #expect(try text("snapshot").contains("* Snapshot is freed *"))
    }
}
