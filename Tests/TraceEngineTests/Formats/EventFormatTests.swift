internal import Bytes
internal import Testing
internal import TraceEngine

struct EventFormatTests {
    @Test func `a format is its name, its id, its fields and its print fmt`() throws {
        let format = try CatalogueFile.format("jit/ping", in: CatalogueFile.jit)
        #expect(format.name == "ping")
        #expect(format.id == 2326)
        #expect(
            format.commonFields.map(\.name) == ["common_type", "common_flags", "common_preempt_count", "common_pid"])
        #expect(format.fields.map(\.name) == ["__probe_ip", "a", "b", "s", "d"])
        #expect(format.fields.map(\.offset) == [8, 16, 20, 28, 32])
        #expect(format.fixedSize == 36)
        #expect(
            format.printText
                == #""(%lx) a=%d b=%Lu s=\"%s\" d=0x%x", REC->__probe_ip, REC->a, REC->b, __get_str(s), REC->d"#)
        #expect(format.printProblem == nil)
        #expect(format.field(named: "common_pid")?.offset == 4)
        #expect(format.field(named: "zork") == nil)
    }

    @Test(arguments: [
        ("char t[16]", 16, EventField.Shape.text, "char[16]"),
        ("unsigned char mac[6]", 6, .array(elementSize: 1, count: 6), "unsigned char[6]"),
        ("unsigned long m[4]", 32, .array(elementSize: 8, count: 4), "unsigned long[4]"),
        ("pid_t p", 4, .number, "pid_t"),
        ("const char * n", 8, .number, "const char *"),
        ("struct page * n", 8, .number, "struct page *"),
        ("struct point q", 8, .opaque, "struct point"),
        ("zork_t z", 12, .opaque, "zork_t"),
        ("zork_t z[3]", 12, .array(elementSize: 4, count: 3), "zork_t[3]"),
        ("__data_loc char[] s", 4, .dynamic(elementSize: 1, isText: true, relative: false), "__data_loc char[]"),
        ("__rel_loc char[] s", 4, .dynamic(elementSize: 1, isText: true, relative: true), "__rel_loc char[]"),
        ("__data_loc u64[] s", 4, .dynamic(elementSize: 8, isText: false, relative: false), "__data_loc u64[]"),
        ("__data_loc cpumask_t s", 4, .dynamic(elementSize: 8, isText: false, relative: false), "__data_loc cpumask_t"),
        ("char buf[]", 0, .text, "char[]"),
    ])
    func `a field's shape follows from its declaration`(
        _ declaration: String, _ size: Int, _ shape: EventField.Shape, _ type: String
    ) throws {
        let format = try RecordFixture.format([(declaration, size, false)], print: #""""#)
        #expect(format.fields[0].shape == shape)
        #expect(format.fields[0].type == type)
    }

    /// The caret stands before the byte that is wrong.
    @Test(arguments: [
        ("^", 1),
        ("name: ^\nID: 1\n", 1),
        ("name: ^a b\nID: 1\n", 1),
        ("name: a\nID: ^x\n", 2),
        ("name: a\nID: ^70000\nformat:\n", 2),
        ("name: a\nID: 7\nformat:\n\tfield:^int x\toffset:0;\n", 4),
        ("name: a\nID: 7\nformat:\n\tfield:int x^\n", 4),
        ("name: a\nID: 7\nformat:\n\tfield:^x;\toffset:0;\n", 4),
        ("name: a\nID: 7\nformat:\n\tfield:int x;\toffset:9^x;\n", 4),
        ("name: a\nID: 7\nformat:\n\tfield:^int x;\toffset:65000;\tsize:600;\tsigned:1;\n", 4),
        ("name: a\nID: 7\nformat:\n\n^print fmt: \"\"\n", 5),
    ])
    func `a malformed text says where`(_ marked: String, _ line: Int) throws {
        let parts = marked.split(separator: "^", omittingEmptySubsequences: false)
        let text = parts.joined()
        do throws(FormatError) {
            _ = try EventFormat(parsing: text.utf8Span.span)
            Issue.record("it parsed")
        } catch {
            let result = (error.offset, error.line)
            #expect(result == (parts[0].utf8.count, line), "\(error.reason)")
            #expect(throws: error) { try EventFormat.validate(text.utf8Span.span) }
        }
    }

    @Test func `fields become JSON by their types`() throws {
        let format = try RecordFixture.format(
            [
                ("s32 a", 4, true), ("u64 b", 8, false), ("s64 c", 8, true), ("bool d", 1, false),
                ("char t[4]", 4, false),
                ("u16 e[2]", 4, false), ("struct x f", 3, false), ("__data_loc char[] s", 4, true),
                ("__rel_loc char[] r", 4, true), ("__data_loc s16[] g", 4, true),
            ], print: #""""#)
        let json =
            #"{"a":-5,"b":18446744073709551615,"c":-9223372036854775808,"d":true,"t":"abcd","e":[1,65535],"#
            + #""f":"01ff00","s":"h\"i","r":"","g":[-1,2]}"#
        let record = try RecordFixture.record(format, json)
        #expect(RecordFixture.json(format, record) == json)
        #expect(
            RecordFixture.json(format, record, int64AsString: true)
                == json.replacing("18446744073709551615", with: #""18446744073709551615""#)
                .replacing("-9223372036854775808", with: #""-9223372036854775808""#))
        let cut = RecordFixture.json(format, Array(record[..<10]))
        #expect(cut == #"{"a":65531,"b":0,"c":0,"d":false,"t":"","e":[],"f":"","s":"","r":"","g":[]}"#)
    }

    @Test func `bytes that are not UTF-8 come out as U+FFFD`() throws {
        let format = try RecordFixture.format([("char t[4]", 4, false)], print: #""%s", REC->t"#)
        #expect(RecordFixture.json(format, [7, 0, 0, 0, 0, 0, 0, 0, 0x61, 0xFF, 0, 0x62]) == "{\"t\":\"a\u{FFFD}\"}")
    }

    @Test func `of fields that share a name, JSON shows the first`() throws {
        let format = try RecordFixture.format(
            [("u8 a", 1, false), ("u8 b", 1, false), ("u8 a", 1, false)], print: "\"%u\", REC->a")
        let record: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]
        #expect(RecordFixture.json(format, record) == "{\"a\":1,\"b\":2}")
    }
}
