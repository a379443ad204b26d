internal import Bytes
internal import Testing
internal import TraceEngine
internal import TraceOutput

/// Expected lines are those of the recorded cases (`tracefs-conformance.jsonl`), with their addresses and times.
struct FtraceTextTests {
    private func hello() throws -> (TraceEventDescription, [UInt8]) {
        let ping = try OutputFixture.ping()
        let record = try OutputFixture.record(
            ping, #"{"__probe_ip":139683374735609,"a":-5,"b":7,"s":"hello","d":255}"#, flags: 0xFF, preempt: 0xFF)
        return (ping, record)
    }

    @Test func `an event's line is the kernel's`() throws {
        let (ping, record) = try hello()
        #expect(
            OutputFixture.line(ping, record)
                == "          jitrec-9802    [000] DBZff  2130.186762: ping: (0x7f0a91eea0f9) a=-5 b=7 s=\"hello\" d=0xff\n"
        )
    }

    @Test(arguments: [
        (0x00, 0x00, "....."), (0x00, 0x01, "...1."), (0x01, 0x12, "d..21"), (0x80, 0x00, "b...."),
        (0x81, 0x00, "D...."), (0x04, 0x00, ".n..."), (0x20, 0x00, ".p..."), (0x24, 0x00, ".N..."),
        (0x02, 0x00, ".l..."), (0x06, 0x00, ".b..."), (0x22, 0x00, ".L..."), (0x26, 0x00, ".B..."),
        (0x08, 0x00, "..h.."), (0x10, 0x00, "..s.."), (0x18, 0x00, "..H.."), (0x40, 0x00, "..z.."),
        (0x48, 0x00, "..Z.."), (0x00, 0xF0, "....f"),
    ])
    func `the flags column shows interrupts, rescheduling and depth`(
        _ flags: Int, _ preempt: Int, _ expected: String
    ) throws {
        let ping = try OutputFixture.ping()
        let record = try OutputFixture.record(ping, "{}", flags: UInt8(flags), preempt: UInt8(preempt))
        let line = OutputFixture.line(ping, record)
        #expect(line.contains("[000] \(expected)  2130.186762: "))
    }

    @Test func `task, CPU and time have the kernel's columns`() throws {
        let ping = try OutputFixture.ping()
        let record = try OutputFixture.record(ping, "{}", pid: 1_234_567)
        let line = OutputFixture.line(ping, record, time: 12_345_678_901_234, cpu: 127, comm: "fifteen bytes..")
        #expect(line.hasPrefix(" fifteen bytes..-1234567 [127] ...1. 12345.678901: ping: "))
        let early = OutputFixture.line(ping, record, time: 1_999, comm: "<...>")
        #expect(early.hasPrefix("           <...>-1234567 [000] ...1.     0.000001: ping: "))
        let counter = OutputFixture.line(ping, record, time: 42) { $0.clockIsNanoseconds = false }
        #expect(counter.contains(" ...1.           42: ping: "))
    }

    @Test func `the options of trace_options change the line`() throws {
        let (ping, record) = try hello()
        let body = "ping: (0x7f0a91eea0f9) a=-5 b=7 s=\"hello\" d=0xff\n"
        #expect(OutputFixture.line(ping, record) { $0.contextInfo = false } == body)
        #expect(
            OutputFixture.line(ping, record) { $0.irqInfo = false }
                == "          jitrec-9802    [000]   2130.186762: " + body)
        #expect(
            OutputFixture.line(ping, record, tgid: 9802) { $0.recordTgid = true }
                == "          jitrec-9802    (   9802) [000] DBZff  2130.186762: " + body)
        #expect(
            OutputFixture.line(ping, record) { $0.recordTgid = true }
                == "          jitrec-9802    (-------) [000] DBZff  2130.186762: " + body)
        #expect(
            OutputFixture.line(ping, record) { $0.fields = true }
                == "          jitrec-9802    [000] DBZff  2130.186762: ping: __probe_ip=0x7f0a91eea0f9 (139683374735609)"
                + " a=0xfffffffb (-5) b=0x7 (7) s=hello d=0xff (255)\n")
        #expect(
            OutputFixture.line(ping, record, time: 2_129_942_923_670) { $0.raw = true }
                == "9802 0 2129942923670 type: 2326\n")
    }

    @Test(arguments: [
        (Array("hello\n\0".utf8), "hello\n"),
        (Array("\n\0".utf8), "\n"),
        (Array("a\nb\n\0".utf8), "a\nb\n"),
        (Array("ab\0cd\n\0".utf8), "ab"),
        (Array("100%d %s\n\0".utf8), "100%d %s\n"),
        (Array("h\u{E9}llo \u{20AC}\n\0".utf8), "h\u{E9}llo \u{20AC}\n"),
        (Array("cut".utf8), "cut"),
    ])
    func `a marker is shown as it was written, up to its NUL`(_ text: [UInt8], _ expected: String) throws {
        let marker = try OutputFixture.marker()
        let head = try OutputFixture.record(marker, "{}")[..<16]
        #expect(
            OutputFixture.line(marker, Array(head) + text, time: 2_117_442_121_000)
                == "          jitrec-9802    [000] ...1.  2117.442121: tracing_mark_write: " + expected)
    }

    @Test func `a marker knows the options too`() throws {
        let marker = try OutputFixture.marker()
        let record =
            Array(try OutputFixture.record(marker, #"{"ip":"0xffffffff81498b1a"}"#)[..<16]) + Array("mark\n\0".utf8)
        #expect(
            OutputFixture.line(marker, record, time: 2_129_943_003_049) { $0.raw = true }
                == "9802 0 2129943003049 # ffffffff81498b1a mark\n")
        #expect(
            OutputFixture.line(marker, record) { $0.fields = true }
                == "          jitrec-9802    [000] ...1.  2130.186762: UNKNOWN TYPE 5\n")
    }

    @Test func `raw data is shown in hexadecimal`() throws {
        let raw = try OutputFixture.rawMarker()
        let record = Array(try OutputFixture.record(raw, #"{"id":5}"#)[..<12]) + Array("abcdef\0\0".utf8)
        #expect(
            OutputFixture.line(raw, record, time: 2_118_711_058_000)
                == "          jitrec-9802    [000] ...1.  2118.711058: # 5 buf: 61 62 63 64 65 66 00 00\n")
    }

    @Test func `system calls have lines of their own`() throws {
        let enter = try OutputFixture.event(
            "syscalls/sys_enter_getpgid", id: 400,
            [("int __syscall_nr", 8, 4, true), ("pid_t pid", 16, 8, false), ("int flags", 24, 8, false)],
            print: #""pid: 0x%08lx", ((unsigned long)(REC->pid))"#)
        let line = OutputFixture.line(
            enter, try OutputFixture.record(enter, #"{"pid":4660,"flags":9}"#, preempt: 0), time: 2_117_226_302_000)
        #expect(line == "          jitrec-9802    [000] .....  2117.226302: sys_getpgid(pid: 0x1234, flags: 9)\n")
        let exit = try OutputFixture.event(
            "syscalls/sys_exit_getpgid", id: 401, [("int __syscall_nr", 8, 4, true), ("long ret", 16, 8, true)],
            print: #""0x%lx", REC->ret"#)
        let answer = OutputFixture.line(
            exit, try OutputFixture.record(exit, #"{"ret":-3}"#, preempt: 0), time: 2_117_258_487_000)
        #expect(answer == "          jitrec-9802    [000] .....  2117.258487: sys_getpgid -> 0xfffffffffffffffd\n")
    }

    @Test func `lost events have a line`() {
        var out = ByteBuffer()
        FtraceText().append(lost: 580, cpu: 0, to: &out)
        FtraceText().append(lost: nil, cpu: 12, to: &out)
        #expect(out.text == "CPU:0 [LOST 580 EVENTS]\nCPU:12 [LOST EVENTS]\n")
    }

    @Test func `a record cut anywhere has a line`() throws {
        let (ping, record) = try hello()
        for count in 0..<record.count {
            let line = OutputFixture.line(ping, Array(record[..<count]))
            #expect(line.hasSuffix("\n"))
        }
    }
}
