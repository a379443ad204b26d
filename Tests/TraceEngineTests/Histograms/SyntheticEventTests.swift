internal import Bytes
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

/// The events of `synthetic_events`.
@Suite struct SyntheticEventTests {
    private let fixture: HistogramFixture

    init() throws { fixture = try HistogramFixture() }

    @Test(arguments: [
        ("myevent u64 var1; u64 var2;", "myevent\tu64 var1; u64 var2"),
        ("myevent u64 var1 ; u64 var2 ;", "myevent\tu64 var1; u64 var2"),
        ("  myevent u64 var1 ;u64 var2", "myevent\tu64 var1; u64 var2"),
        ("myevent u64 lat pid_t pid char comm[16]", "myevent\tu64 lat; pid_t pid; char[16] comm"),
        ("myevent unsigned long var", "myevent\tunsigned long var"), ("myevent char var[10]", "myevent\tchar[10] var"),
        ("myevent char var[]", "myevent\tchar[] var"), ("myevent\tgfp_t flags; bool b", "myevent\tgfp_t flags; bool b"),
        (
            "myevent s8 a; u8 b; s16 c; u16 d; s32 e; u32 f; s64 g; u64 h",
            "myevent\ts8 a; u8 b; s16 c; u16 d; s32 e; u32 f; s64 g; u64 h"
        ),
        (
            "myevent char a; unsigned char b; int c; unsigned int d; long e",
            "myevent\tchar a; unsigned char b; int c; unsigned int d; long e"
        ),
    ])
    func `a synthetic event is defined, listed and removed`(_ text: String, _ line: String) throws {
        try fixture.synthetic(text)
        #expect(fixture.engine.syntheticEvents == [line])
        _ = try fixture.event("myevent").parsedFormat()
        try fixture.synthetic("!myevent")
        #expect(fixture.engine.syntheticEvents == [])
        #expect(fixture.engine.catalogue.snapshot.system(named: "synthetic".utf8Span.span) == nil)
        #expect(fixture.syntheticRefusal("!myevent") == .noSuchFileOrDirectory)
    }

    @Test(arguments: [
        ("myevent ^chr arg", "Invalid type"), ("myevent ^unsigned arg", "Incomplete type"),
        ("myevent char ^str]; int v", "Illegal name"), ("^mye-vent char str[]", "Illegal name"),
        ("myevent char ^st-r[]", "Illegal name"), ("myevent char str;^[]", "Invalid field"),
        ("myevent char str; ^int", "Invalid field"), ("myevent char ^str[; int v", "Invalid array specification"),
        ("myevent char ^str[kdjdk]", "Invalid array specification"),
        ("myevent char ^str[257]", "Invalid array specification"),
        ("^mye;vent char str[]", "Command must be of the form: <name> field[;field] ..."),
        ("^myevent ; char str[]", "Command must be of the form: <name> field[;field] ..."),
        ("^myevent; char str[]", "Command must be of the form: <name> field[;field] ..."),
        ("^; char str[]", "Command must be of the form: <name> field[;field] ..."),
        ("^myevent", "Command must be of the form: <name> field[;field] ..."),
        ("myevent ^u64 x[2]", "Invalid type"), ("myevent unsigned ^long x[]", "Invalid type"),
    ])
    func `what is no definition is refused with its place`(_ marked: String, _ message: String) throws {
        let text = marked.split(separator: "^", omittingEmptySubsequences: false).joined()
        #expect(fixture.syntheticRefusal(text) == .invalidArgument)
        let entry = try #require(fixture.engine.top.errorLog.entries.last)
        #expect(entry.place == "synthetic_events")
        #expect(entry.message == message)
        let mark = try #require(marked.utf8.firstIndex(of: 0x5E))
        #expect(entry.position == marked.utf8.distance(from: marked.startIndex, to: mark))
        #expect(fixture.engine.syntheticEvents == [])
    }

    @Test func `limits are kept`() throws {
        let many = (0..<65).map { "u8 f\($0)" }.joined(separator: "; ")
        #expect(fixture.syntheticRefusal("many " + many) == .invalidArgument)
        let long = (0..<17).map { "char t\($0)[16]" }.joined(separator: "; ")
        #expect(fixture.syntheticRefusal("long " + long) == .argListTooLong)
        #expect(fixture.syntheticRefusal("fits " + (0..<15).map { "char t\($0)[16]" }.joined(separator: "; ")) == nil)
    }

    @Test func `a name is taken once, and what is used stays`() throws {
        try fixture.synthetic("late u64 x")
        #expect(fixture.syntheticRefusal("late u64 y") == .fileExists)
        #expect(fixture.log(fixture.engine.top) == ["Event already exists @0"])
        try fixture.synthetic("other u64 x")
        try fixture.instance.setEnabled(fixture.event("late"), true)
        #expect(fixture.syntheticRefusal("!late") == .resourceBusy)
        let busy = #expect(throws: FilterRefusal.self) { try fixture.engine.removeSyntheticEvents() }
        #expect(busy?.errno == .resourceBusy)
        #expect(fixture.engine.syntheticEvents == ["late\tu64 x", "other\tu64 x"])
        try fixture.instance.setEnabled(fixture.event("late"), false)
        try fixture.trigger("hist:keys=x", on: "late")
        #expect(fixture.syntheticRefusal("!late") == .resourceBusy)
        try fixture.trigger("!hist:keys=x", on: "late")
        try fixture.trigger("hist:keys=a:x=b:onmax($x).late($x)")
        #expect(fixture.syntheticRefusal("!late") == .resourceBusy)
        try fixture.trigger("!hist:keys=a:x=b:onmax($x).late($x)")
        try fixture.engine.removeSyntheticEvents()
        #expect(fixture.engine.syntheticEvents == [])
        #expect(fixture.syntheticRefusal("late u64 y") == nil)
    }

    @Test func `the format has the kernel's layout: 8 bytes a number, 256 a text`() throws {
        try fixture.synthetic("lat u64 ns; pid_t pid; char comm[16]; char name[]; u8 last")
        var out = ByteBuffer()
        fixture.event("lat").appendFormat(to: &out)
        #expect(
            out.text == """
                name: lat
                ID: \(fixture.event("lat").id)
                format:
                \tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
                \tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
                \tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
                \tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

                \tfield:u64 ns;\toffset:8;\tsize:8;\tsigned:0;
                \tfield:pid_t pid;\toffset:16;\tsize:4;\tsigned:1;
                \tfield:char comm[16];\toffset:24;\tsize:16;\tsigned:1;
                \tfield:__data_loc char[] name;\toffset:280;\tsize:8;\tsigned:1;
                \tfield:u8 last;\toffset:288;\tsize:1;\tsigned:0;

                print fmt: "ns=%llu pid=%d comm=%s name=%s last=%u", REC->ns, REC->pid, REC->comm, __get_str(name), REC->last

                """)
    }

    @Test func `dynamic_events defines them with its own head`() throws {
        try fixture.engine.defineDynamicSyntheticEvent("s:synthetic/one u64 x".utf8Span.span)
        try fixture.engine.defineDynamicSyntheticEvent("s:two u64 x".utf8Span.span)
        #expect(fixture.engine.syntheticEvents == ["one\tu64 x", "two\tu64 x"])
        #expect(throws: FilterRefusal.self) {
            try fixture.engine.defineDynamicSyntheticEvent("s:junk/three char str[".utf8Span.span)
        }
        #expect(
            fixture.log(fixture.engine.top) == [
                "Command must be of the form: s or -:[synthetic/]<name> field[;field] ... @0"
            ])
    }
}
