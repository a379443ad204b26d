internal import Bytes
internal import TraceEngine
internal import TraceOutput

/// Events of the recorded cases, written out: this target reads no files.
enum OutputFixture {
    static let common = """
        \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
        \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
        \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
        \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;


        """

    /// Makes an event of its field lines, `type name offset size signed`, and its print fmt.
    static func event(
        _ path: String, id: Int, _ fields: [(String, Int, Int, Bool)], print: String
    ) throws -> TraceEventDescription {
        let names = path.split(separator: "/").map(String.init)
        var text = "name: \(names[1])\nID: \(id)\nformat:\n" + common
        for (declaration, offset, size, isSigned) in fields {
            text += "\tfield:\(declaration);\toffset:\(offset);\tsize:\(size);\tsigned:\(isSigned ? 1 : 0);\n"
        }
        text += "\nprint fmt: \(print)\n"
        return TraceEventDescription(
            system: names[0], name: names[1], format: try EventFormat(parsing: text.utf8Span.span))
    }

    static func ping() throws -> TraceEventDescription {
        try event(
            "jit/ping", id: 2326,
            [
                ("unsigned long __probe_ip", 8, 8, false), ("s32 a", 16, 4, true), ("u64 b", 20, 8, false),
                ("__data_loc char[] s", 28, 4, true), ("u32 d", 32, 4, false),
            ],
            print: #""(%lx) a=%d b=%Lu s=\"%s\" d=0x%x", REC->__probe_ip, REC->a, REC->b, __get_str(s), REC->d"#)
    }

    static func marker() throws -> TraceEventDescription {
        try event(
            "ftrace/print", id: 5, [("unsigned long ip", 8, 8, false), ("char buf[]", 16, 0, false)],
            print: #""%ps: %s", (void *)REC->ip, REC->buf"#)
    }

    static func rawMarker() throws -> TraceEventDescription {
        try event(
            "ftrace/raw_data", id: 16, [("unsigned int id", 8, 4, false), ("char buf[]", 12, 0, false)],
            print: #""id:%04x %08x", REC->id, (int)REC->buf[0]"#)
    }

    static func record(
        _ event: TraceEventDescription, _ json: String, pid: Int32 = 9802, flags: UInt8 = 0, preempt: UInt8 = 1
    ) throws -> [UInt8] {
        let members = try JSONReader.document(json.utf8Span.span).members ?? []
        return try event.format.encode(
            members,
            common: RecordCommon(type: UInt16(event.format.id), flags: flags, preemptCount: preempt, pid: pid))
    }

    static func line(
        _ event: TraceEventDescription, _ record: [UInt8], time: UInt64 = 2_130_186_762_000, cpu: Int = 0,
        comm: String = "jitrec", tgid: Int32? = nil, _ change: (inout FtraceText.Options) -> Void = { _ in }
    ) -> String {
        var text = FtraceText()
        change(&text.options)
        var out = ByteBuffer()
        text.append(
            record.span, of: event, header: TraceRecordHeader(timestamp: time, cpu: cpu), comm: comm, tgid: tgid,
            to: &out)
        return out.text
    }
}
