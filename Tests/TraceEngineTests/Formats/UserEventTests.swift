internal import Bytes
internal import SystemPackage
internal import Testing
internal import TraceEngine

struct UserEventTests {
    private func text(of definition: String) throws -> String {
        try UserEventDefinition(parsing: definition.utf8Span.span).text
    }

    private func formatText(_ definition: String, id: UInt16) throws -> String {
        var out = ByteBuffer()
        try UserEventDefinition(parsing: definition.utf8Span.span).append(format: id, to: &out)
        return out.text
    }

    @Test func `a definition makes the format text of the kernel`() throws {
        let text = try formatText("u:shop/order u64 id; char[16] sku; __data_loc char[] note; s32 qty", id: 2400)
        #expect(
            text == """
                name: order
                ID: 2400
                format:
                \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
                \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
                \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
                \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

                \tfield:u64 id;\toffset:8;\tsize:8;\tsigned:0;
                \tfield:char sku[16];\toffset:16;\tsize:16;\tsigned:1;
                \tfield:__data_loc char[] note;\toffset:32;\tsize:4;\tsigned:1;
                \tfield:s32 qty;\toffset:36;\tsize:4;\tsigned:1;

                print fmt: "id=%llu sku=%s note=%s qty=%d", REC->id, REC->sku, __get_str(note), REC->qty

                """)
    }

    @Test func `an event without fields has an empty print fmt`() throws {
        let definition = try UserEventDefinition(parsing: "tick".utf8Span.span)
        #expect(definition.system == "user_events")
        #expect(definition.text == "u:tick")
        let format = try definition.format(id: 9)
        #expect(format.fields == [])
        #expect(format.fixedSize == 8)
        #expect(format.printProblem == nil)
    }

    @Test(arguments: [
        ("u:shop/order u64 id; char[16] sku", "u:shop/order u64 id; char[16] sku"),
        ("order u64 id", "u:order u64 id"),
        ("  u:a/b   u64   id ;;  s8 x ;\n", "u:a/b u64 id; s8 x"),
        ("a:FLAG,OTHER int x", "u:a int x"),
        ("a/b:FLAG", "u:a/b"),
        ("a struct point p 20", "u:a struct point p 20"),
        ("a unsigned int x;unsigned char[6] mac", "u:a unsigned int x; unsigned char[6] mac"),
        ("a __rel_loc char[] x; __data_loc unsigned char[] y", "u:a __rel_loc char[] x; __data_loc unsigned char[] y"),
        ("a char[0x10] x", "u:a char[0x10] x"),
    ])
    func `a definition is shown in one form`(_ definition: String, _ expected: String) throws {
        let shown = try text(of: definition)
        #expect(shown == expected)
        #expect(try text(of: shown) == expected)
    }

    @Test(arguments: [
        ("", Errno.invalidArgument, 0),
        ("u:", .invalidArgument, 2),
        ("9a int x", .invalidArgument, 0),
        ("a/ int x", .invalidArgument, 2),
        ("a-b", .invalidArgument, 1),
        ("u: a", .invalidArgument, 2),
        ("a __data_loc char[4] x", .invalidArgument, 2),
        ("a int", .invalidArgument, 5),
        ("a long x", .invalidArgument, 2),
        ("a bool x", .invalidArgument, 2),
        ("a zork x", .invalidArgument, 2),
        ("a struct point p", .invalidArgument, 16),
        ("a struct point p 0", .invalidArgument, 17),
        ("a int x 4", .invalidArgument, 8),
        ("a int x, int y", .invalidArgument, 7),
        ("a char[0] x", .invalidArgument, 2),
        ("a char[1025] x", .invalidArgument, 2),
        ("a char[ x", .invalidArgument, 2),
        ("a int x; int x", .invalidArgument, 9),
        ("a int common_pid", .invalidArgument, 2),
        ("a char[1024] a; char[1024] b; char[1024] c; char[1024] d", .argListTooLong, 44),
    ])
    func `what is no definition says where`(_ definition: String, _ errno: Errno, _ offset: Int) {
        do throws(UserEventDefinition.Problem) {
            _ = try UserEventDefinition(parsing: definition.utf8Span.span)
            Issue.record("it parsed")
        } catch {
            let result = (error.errno, error.offset)
            #expect(result == (errno, offset), "\(error.reason)")
        }
    }

    private func errno(_ definition: String) -> Errno? {
        do throws(UserEventDefinition.Problem) {
            _ = try UserEventDefinition(parsing: definition.utf8Span.span)
            return nil
        } catch {
            return error.errno
        }
    }

    @Test func `names and fields are limited`() throws {
        let name = String(repeating: "n", count: 63)
        #expect(try text(of: "\(name)/\(name) int \(name)") == "u:\(name)/\(name) int \(name)")
        for definition in ["\(name)n", "a/\(name)n", "a int \(name)n"] {
            #expect(errno(definition) == .invalidArgument)
        }
        let fields = (0..<129).map { "u8 f\($0)" }.joined(separator: ";")
        for definition in ["a \(fields)", "a " + String(repeating: " ", count: 4096)] {
            #expect(errno(definition) == .argListTooLong)
        }
    }

    @Test func `a defined event records and prints`() throws {
        let definition =
            "u:shop/order u64 id; char[4] sku; __data_loc char[] note; __rel_loc char[] tag; unsigned char[2] m"
        let format = try UserEventDefinition(parsing: definition.utf8Span.span).format(id: 2400)
        let json = #"{"id":42,"sku":"SKU1","note":"hi","tag":"t","m":[65,66]}"#
        let record = try RecordFixture.record(format, json)
        #expect(RecordFixture.json(format, record) == json)
        #expect(RecordFixture.text(format, record) == "id=42 sku=SKU1 note=hi tag=t m=AB")
    }
}
