internal import Bytes
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

/// What is refused, with which errno, and where the `^` stands: before the marked place, as the kernel's own tests mark it.
@Suite struct HistogramErrorTests {
    private let fixture: HistogramFixture

    init() throws { fixture = try HistogramFixture() }

    @Test(arguments: [
        ("hist:keys=common_pid:vals=b:sort=common_pid,^junk", "Sort field must be a key or a val"),
        ("hist:keys=common_pid:vals=b:^sort=", "Empty assignment"),
        ("hist:keys=common_pid:vals=b:^sort=common_pid,", "Empty sort field"),
        ("hist:keys=common_pid:vals=b:sort=common_pid.^junk", "Invalid sort modifier"),
        ("hist:keys=common_pid:vals=b,who:^sort=common_pid,b,who", "Too many sort fields (Max = 2)"),
        ("hist:keys=^bogus", "Couldn't find field"), ("hist:keys=a:vals=^bogus", "Couldn't find field"),
        ("hist:keys=a.^bogus", "Invalid field modifier"), ("hist:keys=a.^execname", "Invalid field modifier"),
        ("hist:keys=a.buckets=^0", "Invalid field modifier"), ("hist:keys=a.buckets^10", "Invalid field modifier"),
        ("hist:keys=a.^percent", "Invalid field modifier"),
        ("hist:keys=a:vals=^b.log2", "Invalid field modifier"), ("hist:keys=a:vals=^b.sym", "Invalid field modifier"),
        ("hist:keys=a:x=^b.buckets=4", "Invalid field modifier"),
        ("hist:keys=a:vals=^name", "String type can not be an operand in expression"),
        ("hist:keys=a:x=b+^name", "String type can not be an operand in expression"),
        ("hist:keys=common_pid:x=32+^10*3/20-4", "Too many subexpressions (3 max)"),
        ("hist:keys=common_pid:x=^1+2+3+4+5", "Too many subexpressions (3 max)"),
        ("hist:keys=common_pid:x=-(^1)+2", "Unary minus not supported in sub-expressions"),
        ("hist:keys=a:x=b,^zz", "Malformed assignment"), ("hist:keys=a:^x=b,x=who", "Variable already defined"),
        ("hist:keys=a:x=^9z", "Expecting numeric literal"),
        ("^hist:keys=a:x=common_timestamp.usecs-b", "Timestamp units in expression don't match"),
        ("hist:keys=a:onmatch(^jit.pong", "No closing paren found"),
        ("hist:keys=a:onmatch(^jit).trace(x,y)", "Missing subsystem"),
        ("hist:keys=a:onmatch(jit.^nosuch).trace(x,y)", "Invalid subsystem or event name"),
        ("^hist:keys=a:onmatch(jit.pong)", "No action found"),
        ("hist:keys=a:onmatch(jit.pong).^save(bb,dd)", "Handler doesn't support action"),
        ("hist:keys=a:onmatch(jit.pong).^snapshot()", "Handler doesn't support action"),
        ("hist:keys=a:x=^b:onmax(b).save(dd,ff)", "For onmax(x) or onchange(x), x must be a variable"),
        ("hist:keys=a:x=b:onmax($^zz).save(bb,dd)", "Couldn't find onmax or onchange variable"),
        ("hist:keys=a:x=b:onmax($x).save(^bogus)", "Couldn't create field variable"),
        ("hist:keys=a:x=b:onmax($x).^nosuch($x)", "Couldn't find synthetic event"),
        ("hist:keys=a:x=b:onmax($x).trace(^nosuch,$x)", "Couldn't find synthetic event"),
        ("hist:keys=a:x=b:onmax($x).late($x,$^zz)", "Couldn't find param"),
        ("hist:keys=a:x=b:onmax($x).^late($x)", "Param count doesn't match synthetic event field count"),
        ("hist:keys=a:x=who:onmax(^$x).late($x,$x)", "Param type doesn't match synthetic event field type"),
        ("hist:keys=a:x=b:onmax($x).late($x,^pid)", "Couldn't parse field variable"),
        ("hist:keys=a:x=b:onmatch(jit.pong).late($x,^pid)", "Matching event histogram not found"),
        ("hist:keys=a:x=^b.log2", "Invalid field modifier"),
    ])
    func `what is wrong is logged with its place`(_ marked: String, _ message: String) throws {
        try fixture.synthetic("late u64 x; u64 y")
        let text = marked.split(separator: "^", omittingEmptySubsequences: false).joined()
        #expect(fixture.refusal(text) == .invalidArgument)
        let entries = fixture.instance.errorLog.entries
        let last = try #require(entries.last)
        #expect(last.message == message)
        #expect(last.place == "hist:jit:ping")
        #expect(String(repairing: last.command.span) == text)
        let mark = try #require(marked.utf8.firstIndex(of: 0x5E))
        #expect(last.position == marked.utf8.distance(from: marked.startIndex, to: mark))
        #expect(fixture.triggers() == [])
        #expect(fixture.base.state("ping") == "0")
        #expect(fixture.engine.mappedBytes == 0 || fixture.instance.isMapped)
    }

    @Test(arguments: [
        ("hist:", Errno.invalidArgument), ("hist", .invalidArgument), ("hist:keys=a:", .invalidArgument),
        ("hist:vals=b", .invalidArgument), ("hist:keys=a:bogus", .invalidArgument),
        ("hist:keys=a,b,who,e", .invalidArgument), ("hist:keys=a:vals=b,who,e", .invalidArgument),
        ("hist:keys=a:size=64", .invalidArgument), ("hist:keys=a:size=0", .invalidArgument),
        ("hist:keys=a:size=131073", .invalidArgument), ("hist:keys=a:size=x", .invalidArgument),
        ("hist:keys=a if", .invalidArgument), ("hist:keys=a:nohitcount", .noSuchFileOrDirectory),
        ("hist:keys=a:vals=hitcount:nohitcount", .noSuchFileOrDirectory),
        ("hist:keys=a:x=3/0", Errno(rawValue: 33)), ("hist:keys=a:x=b:y=$x:z=b/0", Errno(rawValue: 33)),
        ("hist:keys=a+", .invalidArgument), ("hist:keys=list", .invalidArgument),
        ("hist:keys=m,s,r,name", .invalidArgument),
        ("hist:keys=s,r", .invalidArgument), ("hist:keys=common_timestamp:clock=x86-tsc", .invalidArgument),
        ("hist:keys=a:x=b:onmax($x).save(common_pid,name):onchange($x).save(cpu,common_cpu)", .fileExists),
        ("hist:keys=a:x=-b", .invalidArgument), ("hist:keys=a:x=$y", .invalidArgument),
        (
            "hist:keys=a:a1=1,a2=1,a3=1,a4=1,a5=1,a6=1,a7=1,a8=1,a9=1,b1=1,b2=1,b3=1,b4=1,b5=1,b6=1,b7=1,b8=1",
            .invalidArgument
        ),
    ])
    func `what is no histogram is refused with the kernel's errno`(_ text: String, _ errno: Errno) throws {
        #expect(fixture.refusal(text) == errno)
        #expect(fixture.triggers() == [])
        #expect(fixture.base.state("ping") == "0")
    }

    @Test func `a line that is no UTF-8 is EINVAL`() throws {
        let bytes: [UInt8] = Array("hist:keys=a".utf8) + [0xFF]
        let refusal = #expect(throws: FilterRefusal.self) {
            try fixture.instance.addTrigger(bytes.span, of: fixture.event("ping"))
        }
        #expect(refusal?.errno == .invalidArgument)
    }

    @Test func `removing what is not there is no error`() throws {
        try fixture.trigger("!hist:keys=a")
        #expect(fixture.refusal("!hist:keys=bogus") == .invalidArgument)
        #expect(fixture.log() == ["Couldn't find field @10"])
    }

    @Test func `the log looks as the kernel's`() throws {
        #expect(fixture.refusal("hist:keys=a:sort=junk if a == 1") == .invalidArgument)
        var out = ByteBuffer()
        fixture.instance.errorLog.append(to: &out)
        #expect(
            out.text == """
                [    1.000000] hist:jit:ping: error: Sort field must be a key or a val
                  Command: hist:keys=a:sort=junk if a == 1
                                            ^

                """)
    }
}
