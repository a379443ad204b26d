internal import Bytes
internal import SystemPackage
internal import Testing
internal import TraceEngine

struct InjectTests {
    private func inject(_ text: String, _ path: String = "sched/sched_switch") throws -> String {
        let format = try CatalogueFile.format(path)
        let record = try format.encode(injected: text.utf8Span.span, common: RecordCommon(type: 7, pid: 1))
        return RecordFixture.json(format, record)
    }

    private func errno(_ text: String, _ path: String = "sched/sched_switch") throws -> Errno? {
        let format = try CatalogueFile.format(path)
        do throws(RecordError) {
            _ = try format.encode(injected: text.utf8Span.span, common: RecordCommon(type: 7, pid: 1))
            return nil
        } catch {
            return error.errno
        }
    }

    @Test func `numbers and texts go to their fields`() throws {
        let json = try inject(
            " prev_pid=12 next_pid = 0x10 prev_prio=010 prev_state=-1 prev_comm=\"a b\" next_comm='c'\n")
        #expect(
            json
                == #"{"prev_comm":"a b","prev_pid":12,"prev_prio":8,"prev_state":-1,"next_comm":"c","next_pid":16,"next_prio":0}"#
        )
    }

    @Test func `nothing injects an event of zeroes`() throws {
        #expect(try inject("", "task/task_rename") == #"{"pid":0,"oldcomm":"","newcomm":"","oom_score_adj":0}"#)
    }

    @Test func `a number too large for its field is cut without a word`() throws {
        #expect(try inject("oom_score_adj=0x12345", "task/task_rename").contains(#""oom_score_adj":9029"#))
    }

    @Test func `a text too long for its field is cut and ends with a NUL`() throws {
        let json = try inject(#"newcomm="0123456789abcdefghi""#, "task/task_rename")
        #expect(json.contains(#""newcomm":"0123456789abcde""#))
    }

    @Test func `a backslash keeps the quote and stays`() throws {
        #expect(try inject(#"newcomm="a\"b""#, "task/task_rename").contains(#""newcomm":"a\\\"b""#))
    }

    @Test func `dynamic text goes behind the fixed part`() throws {
        let format = try CatalogueFile.format("jit/ping", in: CatalogueFile.jit)
        let record = try format.encode(
            injected: #"a=-5 s="hello"d=1"#.utf8Span.span, common: RecordCommon(type: 7, pid: 1))
        #expect(RecordFixture.json(format, record) == #"{"__probe_ip":0,"a":-5,"b":0,"s":"hello","d":1}"#)
        #expect(Array(record[28..<32]) == [37, 0, 6, 0])
    }

    @Test func `a common field can be set too`() throws {
        let format = try CatalogueFile.format("task/task_rename")
        let record = try format.encode(injected: "common_pid=77".utf8Span.span, common: RecordCommon(type: 7, pid: 1))
        #expect(RecordCommon(of: record.span).pid == 77)
    }

    @Test(arguments: [
        ("zork=1", Errno.noSuchFileOrDirectory),
        ("=1", .invalidArgument),
        ("prev_pid", .invalidArgument),
        ("prev_pid 1", .invalidArgument),
        ("prev_pid=", .invalidArgument),
        ("prev_pid=x", .invalidArgument),
        ("prev_pid=1x", .invalidArgument),
        ("prev_pid=08", .invalidArgument),
        ("prev_pid=1,2", .invalidArgument),
        ("prev_pid=\"1\"", .invalidArgument),
        ("prev_comm=1", .invalidArgument),
        ("prev_comm=\"x", .invalidArgument),
        ("prev_comm=x", .invalidArgument),
        ("prev_pid=99999999999999999999", .outOfRange),
        ("prev_pid=9223372036854775808", .outOfRange),
    ])
    func `a text the kernel refuses is refused with its errno`(_ text: String, _ expected: Errno) throws {
        #expect(try errno(text) == expected)
    }

    @Test func `an unsigned field takes no sign, a long text is refused`() throws {
        #expect(try errno("call_site=-1", "kmem/kmalloc") == .invalidArgument)
        #expect(try errno("prev_comm=\"\(String(repeating: "x", count: 256))\"") == .invalidArgument)
        #expect(try errno(String(repeating: " ", count: 4096)) == .invalidArgument)
    }
}
