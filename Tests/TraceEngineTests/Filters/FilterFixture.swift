internal import TraceEngine

/// An event with a field of every kind that a filter knows, and records of it.
enum FilterFixture {
    static let text = """
        name: ping
        ID: 0
        format:
        \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
        \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
        \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
        \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

        \tfield:unsigned long ip;\toffset:8;\tsize:8;\tsigned:0;
        \tfield:s32 a;\toffset:16;\tsize:4;\tsigned:1;
        \tfield:u64 b;\toffset:20;\tsize:8;\tsigned:0;
        \tfield:__data_loc char[] s;\toffset:28;\tsize:4;\tsigned:1;
        \tfield:u32 d;\toffset:32;\tsize:4;\tsigned:0;
        \tfield:s8 e;\toffset:36;\tsize:1;\tsigned:1;
        \tfield:u16 f;\toffset:37;\tsize:2;\tsigned:0;
        \tfield:char name[16];\toffset:39;\tsize:16;\tsigned:0;
        \tfield:__rel_loc char[] r;\toffset:55;\tsize:4;\tsigned:0;
        \tfield:__data_loc cpumask_t m;\toffset:59;\tsize:4;\tsigned:0;
        \tfield:const char * p;\toffset:63;\tsize:8;\tsigned:0;
        \tfield:u32 list[3];\toffset:71;\tsize:12;\tsigned:0;

        print fmt: "a=%d", REC->a

        """

    static let format = {
        do { return try EventFormat(parsing: text.utf8Span.span) } catch { preconditionFailure("\(error)") }
    }()

    static let cpus = 8

    static func filter(_ text: String) throws(FilterError) -> Filter {
        try Filter(parsing: text.utf8Span.span, format: format, cpus: cpus)
    }

    /// What a filter may ask of a record.
    struct Record {
        var pid: Int32 = 42
        var a: Int32 = 0
        var b: UInt64 = 0
        var s = ""
        var d: UInt32 = 0
        var e: Int8 = 0
        var f: UInt16 = 0
        var name = ""
        var r = ""
        var mask: UInt64 = 0
        var cpu = 0
        var comm = "tester"

        var bytes: [UInt8] {
            var bytes = [UInt8](repeating: 0, count: 83)
            func store(_ value: some FixedWidthInteger, _ offset: Int) {
                for index in 0..<(value.bitWidth / 8) {
                    bytes[offset + index] = UInt8(truncatingIfNeeded: value >> (index * 8))
                }
            }
            store(pid, 4)
            store(a, 16)
            store(b, 20)
            store(d, 32)
            store(e, 36)
            store(f, 37)
            for (index, byte) in name.utf8.prefix(16).enumerated() { bytes[39 + index] = byte }
            store(UInt32(bytes.count) | UInt32(s.utf8.count + 1) << 16, 28)
            bytes += Array(s.utf8) + [0]
            store(UInt32(bytes.count - 59) | UInt32(r.utf8.count + 1) << 16, 55)
            bytes += Array(r.utf8) + [0]
            store(UInt32(bytes.count) | 8 << 16, 59)
            bytes += [UInt8](repeating: 0, count: 8)
            store(mask, bytes.count - 8)
            return bytes
        }
    }

    static func matches(_ text: String, _ record: Record) throws(FilterError) -> Bool {
        try filter(text).matches(record.bytes.span, cpu: record.cpu, comm: record.comm)
    }
}
