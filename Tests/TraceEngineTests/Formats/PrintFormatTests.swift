internal import Testing
internal import TraceEngine

struct PrintFormatTests {
    /// What `print fmt` shows of a = -5 (s32), b = 300 (u64), c[4] = 1 2 3 4 (u8), s = "hello" (dynamic), t = "text"
    /// (char[8]), m = 0xF1 at 8 bytes (mask).
    private func shown(_ print: String) throws -> String {
        let format = try RecordFixture.format(
            [
                ("s32 a", 4, true), ("u64 b", 8, false), ("u8 c[4]", 4, false), ("__data_loc char[] s", 4, true),
                ("char t[8]", 8, false), ("unsigned long m[1]", 8, false), ("__data_loc u16[] d", 4, false),
                ("u8 ip6[16]", 16, false), ("const char * p", 8, false),
            ], print: print)
        if let problem = format.printProblem { return "problem: \(problem.reason) at \(problem.offset)" }
        let record = try RecordFixture.record(
            format,
            """
            {"a":-5,"b":300,"c":[192,168,3,4],"s":"hello","t":"text","m":[241],"d":[1,65535],
             "ip6":"20010db8000000000000000000000001","p":4096}
            """)
        return RecordFixture.text(format, record)
    }

    @Test(arguments: [
        (#""%d", REC->a"#, "-5"),
        (#""%u", REC->a"#, "4294967291"),
        (#""%x", REC->a"#, "fffffffb"),
        (#""%lx", REC->a"#, "fffffffffffffffb"),
        (#""%hhu %hu", REC->b, REC->b"#, "44 300"),
        (#""%llu %Lu %zu %lu", REC->b, REC->b, REC->b, REC->b"#, "300 300 300 300"),
        (#""%#x %#X %#o %#x", 255, 255, 8, 0"#, "0xff 0XFF 010 0x0"),
        (#""%#010x|%#08x|%08lx|%016llx", 255, 255, 255, 255"#, "0x000000ff|0x0000ff|000000ff|00000000000000ff"),
        (#""%5d|%-5d|%05d|%+d|% d", -5, -5, -5, 5, 5"#, "   -5|-5   |-0005|+5| 5"),
        (#""%.3d|%5.3d|%*d|%-*d|%.*d", 7, 7, 4, 7, 4, 7, 2, 7"#, "007|  007|   7|7   |07"),
        (#""%c%c|%3c|%%", 'a', 0x62, 'c'"#, "ab|  c|%"),
        (#""%o", 64"#, "100"),
        (#""0x%0x %d%%", 16, 50"#, "0x10 50%"),
    ])
    func `numbers come out as vsprintf writes them`(_ print: String, _ expected: String) throws {
        let result = try shown(print)
        #expect(result == expected)
    }

    @Test(arguments: [
        (#""%s", __get_str(s)"#, "hello"),
        (#""%s|%8s|%-8s|%.2s|%.*s", REC->t, REC->t, REC->t, REC->t, 3, REC->t"#, "text|    text|text    |te|tex"),
        (#""%s", REC->a ? "yes" : "no""#, "yes"),
        (#""a" "b\t\"%s\"\n\x41\101", "x" "y""#, "ab\t\"xy\"\nAA"),
        (#""%s %s", REC->p, (void *)0"#, "0x1000 (null)"),
        (#""%s", REC->b ? __get_str(s) : ((void *)0)"#, "hello"),
        (#""%c %d", __get_str(s)[1], __get_str(s)[0] == 'h'"#, "e 1"),
    ])
    func `text comes out with width and precision`(_ print: String, _ expected: String) throws {
        let result = try shown(print)
        #expect(result == expected)
    }

    @Test(arguments: [
        (#""%d", 1 + 2 * 3 - 8 / 2 % 3"#, "6"),
        (#""%d", (1 << 4 | 2) & ~2 ^ 1"#, "17"),
        (#""%d %d", REC->a < 0, REC->a < 0U"#, "1 0"),
        (#""%d", REC->a == -5 && REC->b != 5 || 0"#, "1"),
        (#""%d", REC->a > 0 ? 1 : REC->b > 5 ? 2 : 3"#, "2"),
        (#""%d", (unsigned char)REC->b"#, "44"),
        (#""%d", (s8)200"#, "-56"),
        (#""%ld", (long)(int)0xffffffffUL"#, "-1"),
        (#""%d", !!(REC->b) + !REC->b"#, "1"),
        (#""%lu %lu", sizeof(u64), sizeof(REC->c)"#, "8 4"),
        (#""%u", REC->c[3] + REC->c[1]"#, "172"),
        (#""%d %d", REC->a / 0, REC->a % (REC->b - 300)"#, "0 0"),
        (#""%d %d", REC->a >> 1, REC->a / 2"#, "-3 -2"),
        (#""%llu", ({ int x = (REC->a); int y = (128); ((x) < (y) ? (x) : (y)); })"#, "18446744073709551611"),
        (#""%d", __builtin_expect(!!(REC->a), 0)"#, "1"),
        (#""%llx", (((u64)(REC)->a << 32) | (REC)->b)"#, "fffffffb0000012c"),
        (#""%d", *(u8 *)__get_dynamic_array(d)"#, "1"),
        (#""%x", ((u16 *)__get_dynamic_array(d))[1]"#, "ffff"),
        (#""%d", NOT_KNOWN + 1"#, "1"),
    ])
    func `expressions have the values of C`(_ print: String, _ expected: String) throws {
        let result = try shown(print)
        #expect(result == expected)
    }

    @Test(arguments: [
        (#""%s", __print_flags(5, "|", {1, "A"}, {2, "B"}, {4, "C"})"#, "A|C"),
        (#""%s", __print_flags(0x19, " | ", {1, "A"}, {8, "B"})"#, "A | B | 0x10"),
        (#""%s|", __print_flags(0, "|", {1, "A"})"#, "|"),
        (#""%s", __print_flags(0x30, "|", {1, "A"})"#, "0x30"),
        (#""%s", __print_flags(3, "", {3, "AB"}, {1, "A"})"#, "AB"),
        (#""%s", __print_symbolic(REC->a, {-5, "minus five"})"#, "minus five"),
        (#""%s", __print_symbolic(7, {1, "one"}, {2, "two"})"#, "0x7"),
        (#""%s", __print_symbolic(7, {NOT_KNOWN, "one"}, {-1, 0})"#, "0x7"),
        (#""%s", __print_symbolic(7, { })"#, "0x7"),
        (#""%s %s", __print_hex(REC->c, 4), __print_hex_str(REC->c, 2)"#, "c0 a8 03 04 c0a8"),
        (#""%s", __print_array(REC->c, 3, 1)"#, "{0xc0,0xa8,0x3}"),
        (
            #""%s", __print_array(__get_dynamic_array(d), __get_dynamic_array_len(d) / sizeof(u16), sizeof(u16))"#,
            "{0x1,0xffff}"
        ),
        (#""%s", __print_dynamic_array(d, 2)"#, "{0x1,0xffff}"),
        (#""%d %u", __print_ns_to_secs(1500000000ULL), __print_ns_without_secs(1500000000ULL)"#, "1 500000000"),
    ])
    func `the kernel's helpers show what its own do`(_ print: String, _ expected: String) throws {
        let result = try shown(print)
        #expect(result == expected)
    }

    @Test(arguments: [
        (#""%pI4 %pi4", REC->c, REC->c"#, "192.168.3.4 192.168.003.004"),
        (#""%pI6c", REC->ip6"#, "2001:db8::1"),
        (#""%pI6", REC->ip6"#, "2001:0db8:0000:0000:0000:0000:0000:0001"),
        (#""%pU", REC->ip6"#, "20010db8-0000-0000-0000-000000000001"),
        (#""%pUl", REC->ip6"#, "b80d0120-0000-0000-0000-000000000001"),
        (#""%pUB", REC->ip6"#, "20010DB8-0000-0000-0000-000000000001"),
        (#""%pM %pMF %pm", REC->ip6, REC->ip6, REC->ip6"#, "20:01:0d:b8:00:00 20-01-0d-b8-00-00 20010db80000"),
        (#""%*ph %*phC %*phN", 3, REC->c, 2, REC->c, 2, REC->c"#, "c0 a8 03 c0:a8 c0a8"),
        (#""%*pbl", 8, REC->m"#, "0,4-7"),
        (#""%*pb", 36, REC->m"#, "0,000000f1"),
        (#""%p %px %pS", REC->p, REC->p, REC->p"#, "0000000000001000 0000000000001000 0x1000"),
    ])
    func `pointers to bytes of the record are shown as what they are`(_ print: String, _ expected: String) throws {
        let result = try shown(print)
        #expect(result == expected)
    }

    @Test(arguments: [
        (#""%d""#, "problem: fewer arguments than conversions at 0"),
        (#""%d", REC->zork"#, "problem: the event has no field zork at 11"),
        (#""%d", zork(1)"#, "problem: the function zork is not known at 11"),
        (#""%d", 1 +"#, "problem: a value is expected at 9"),
        (#""%d", 1 1"#, "problem: nothing may follow the arguments at 8"),
        (#""%q", 1"#, "problem: a conversion that printf does not have at 0"),
    ])
    func `what does not compile says why and where`(_ print: String, _ expected: String) throws {
        let result = try shown(print)
        #expect(result == expected)
    }

    @Test func `a print fmt that does not compile shows the fields as the kernel's option does`() throws {
        let format = try RecordFixture.format(
            [
                ("s32 a", 4, true), ("char c", 1, false), ("u16 w", 2, false), ("__data_loc char[] s", 4, true),
                ("u64 b", 8, false),
            ],
            print: #""%d", zork(1)"#)
        let record = try RecordFixture.record(format, #"{"a":-5,"c":65,"w":7,"s":"hello","b":7}"#)
        #expect(RecordFixture.text(format, record) == " a=0xfffffffb (-5) c='A'(65) w=0x7 (7) s=hello b=0x7 (7)")
        #expect(
            RecordFixture.text(format, Array(record[..<20]))
                == " a=0xfffffffb (-5) c='A'(65) w=0x7 (7) s=<OVERFLOW> b=<OVERFLOW>")
    }

    @Test func `a sched_switch of the catalogue reads as in the kernel`() throws {
        let format = try CatalogueFile.format("sched/sched_switch")
        let record = try RecordFixture.record(
            format,
            """
            {"prev_comm":"bash","prev_pid":12,"prev_prio":120,"prev_state":1,
             "next_comm":"kworker/0:1","next_pid":9,"next_prio":98}
            """)
        #expect(
            RecordFixture.text(format, record)
                == "prev_comm=bash prev_pid=12 prev_prio=120 prev_state=S ==> next_comm=kworker/0:1 next_pid=9 next_prio=98"
        )
        let preempted = try RecordFixture.record(format, #"{"prev_state":256}"#)
        #expect(
            RecordFixture.text(format, preempted)
                == "prev_comm= prev_pid=0 prev_prio=0 prev_state=R+ ==> next_comm= next_pid=0 next_prio=0")
    }

    @Test func `a page role of KVM is taken apart`() throws {
        let format = try CatalogueFile.format("kvmmmu/kvm_mmu_get_page")
        // level 2, direct, access 7, ad_disabled
        let role = 2 | 1 << 7 | 7 << 8 | 1 << 16
        let record = try RecordFixture.record(
            format, #"{"mmu_valid_gen":1,"gfn":256,"role":\#(role),"root_count":3,"unsync":false,"created":true}"#)
        #expect(
            RecordFixture.text(format, record)
                == "sp gen 1 gfn 100 l2 8-byte q0 direct wux !nxe !ad root 3 sync new")
    }

    @Test(arguments: [
        (
            "kmem/mm_page_alloc", #"{"pfn":256,"order":1,"gfp_flags":3264,"migratetype":0}"#,
            "page=ffffea0000004000 pfn=0x100 order=1 migratetype=0 gfp_flags=GFP_KERNEL"
        ),
        (
            "ras/mc_event", #"{"error_type":1,"error_count":2,"msg":"m","label":"l","grain_bits":3}"#,
            "2 Uncorrected errors: m on l (mc:0 location:0:0:0 address:0x00000000 grain:8 syndrome:0x00000000)"
        ),
        (
            "sched/sched_skip_cpuset_numa", #"{"comm":"x","pid":1,"tgid":2,"ngid":3,"mem_allowed":[5]}"#,
            "comm=x pid=1 tgid=2 ngid=3 mem_nodes_allowed=0,2"
        ),
        ("ipi/ipi_send_cpumask", #"{"cpumask":[3]}"#, "cpumask=00000000,00000003 callsite=0x0 callback=0x0"),
        ("syscalls/sys_enter_getpgid", #"{"pid":4660}"#, "pid: 0x00001234"),
    ])
    func `events of the catalogue read as the kernel shows them`(
        _ path: String, _ json: String, _ expected: String
    ) throws {
        let format = try CatalogueFile.format(path)
        #expect(RecordFixture.text(format, try RecordFixture.record(format, json)) == expected)
    }
}
