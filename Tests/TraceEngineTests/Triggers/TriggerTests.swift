internal import Bytes
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

@Suite struct TriggerTests {
    private let fixture: TriggerFixture

    init() throws { fixture = try TriggerFixture() }

    // MARK: what is written, and what is read

    @Test(arguments: [
        ("traceoff", "traceoff:unlimited"), ("traceoff:3", "traceoff:count=3"), ("traceoff:", "traceoff:unlimited"),
        ("traceon:0x10\n", "traceon:count=16"), ("  stacktrace:0", "stacktrace:count=0"),
        ("snapshot", "snapshot:unlimited"), ("snapshot:1 if a > 3", "snapshot:count=1 if a > 3"),
        ("traceoff 3", "traceoff:count=3"), ("traceoff:  3", "traceoff:count=3"), ("traceoff:3:9", "traceoff:count=3"),
        ("traceoff:18446744073709551615", "traceoff:unlimited"),
        ("traceoff:9223372036854775808", "traceoff:count=-9223372036854775808"),
        ("traceoff if a > 3", "traceoff:unlimited if a > 3"), ("traceoff:3  if a > 3 ", "traceoff:count=3 if a > 3"),
        ("traceoff if  a > 3", "traceoff:unlimited if  a > 3"),
        ("enable_event:jit:pong", "enable_event:jit:pong:unlimited"),
        ("disable_event jit:pong:2 if a == 1", "disable_event:jit:pong:count=2 if a == 1"),
        ("enable_event:jit:ping", "enable_event:jit:ping:unlimited"),
        ("enable_event:jit:ping:+010", "enable_event:jit:ping:count=8"),
    ])
    func `a trigger is listed as the kernel lists it`(_ text: String, _ line: String) throws {
        try fixture.trigger(text)
        #expect(fixture.triggers() == [line])
        #expect(fixture.state("ping") == "0*")
        fixture.instance.checkInvariants()
    }

    @Test(arguments: [
        "bogus", "snapshots", "hist", "hist:", "hist:keys=nosuch", "traceoff:abc", "traceoff:-1", "traceoff if",
        "traceoff:3if a == 1",
        "traceoff junk", "\n", "!", ":", "! traceoff", "TRACEOFF", "traceoff traceon", "traceoff\ntraceon",
        "enable_event",
        "enable_event:jit", "enable_event:jit:nosuch", "enable_event:nosuch:ping", "enable_event:jit:pong:x",
        "enable_event:jit:pong:", "enable_event:ftrace:print", "!bogus", "!enable_event:jit:nosuch", "traceoff : 3",
        "traceoff:+3", "enable_event:jit:pong:++3", "traceoff if bogus == 1", "traceoff if a ==",
        String(repeating: "t", count: 4096),
    ])
    func `what is no trigger is EINVAL and changes nothing`(_ text: String) throws {
        #expect(fixture.refusal(text) == .invalidArgument)
        #expect(fixture.triggers() == [])
        #expect(fixture.state("ping") == "0")
    }

    @Test func `only what is wrong with a condition is logged, and its errno is the filter's`() throws {
        #expect(fixture.refusal("traceoff junk") == .invalidArgument)
        #expect(fixture.refusal("traceoff if a == 1)") == .notPermitted)
        #expect(fixture.refusal("traceoff if bogus == 1") == .invalidArgument)
        let entries = fixture.instance.errorLog.entries
        #expect(entries.map { String(repairing: $0.command.span) } == ["a == 1)", "bogus == 1"])
        #expect(entries.map(\.position) == [6, 6])
        #expect(fixture.refusal("") == nil)
    }

    @Test func `triggers that exclude each other are EEXIST, and the newest stands first`() throws {
        try fixture.trigger("traceon")
        for text in ["traceon", "traceoff", "traceoff:5", "traceon if a == 1"] {
            #expect(fixture.refusal(text) == .fileExists)
        }
        try fixture.trigger("enable_event:jit:pong:2")
        #expect(fixture.refusal("disable_event:jit:pong") == .fileExists)
        try fixture.trigger("disable_event:jit:spare")
        try fixture.trigger("stacktrace")
        #expect(
            fixture.triggers() == [
                "stacktrace:unlimited", "disable_event:jit:spare:unlimited", "enable_event:jit:pong:count=2",
                "traceon:unlimited",
            ])
        fixture.instance.checkInvariants()
    }

    @Test func `removing takes what excludes it, whatever its count and condition, and what is not there is no error`()
        throws
    {
        try fixture.trigger("traceoff:3 if a == 1")
        try fixture.trigger("enable_event:jit:pong if a == 1")
        #expect(fixture.state("pong") == "0*")
        try fixture.trigger("!traceon")
        #expect(fixture.triggers().count == 1)
        try fixture.trigger("!disable_event:jit:pong:9 junk")
        #expect(fixture.triggers() == [])
        #expect((fixture.state("ping"), fixture.state("pong")) == ("0", "0"))
        try fixture.trigger("!traceoff")
        fixture.instance.checkInvariants()
        #expect(fixture.base.engine.heldEventCount == 0)
    }

    // MARK: what they do

    @Test func `the record that stops tracing is the last one, and the one that starts it is not there`() throws {
        try fixture.enable("ping")
        try fixture.trigger("traceoff if a == 3")
        #expect(try fixture.fire(a: 1) && fixture.fire(a: 3))
        #expect(!fixture.instance.tracingOn)
        #expect(try !fixture.fire(a: 4))
        try fixture.trigger("!traceoff")
        try fixture.trigger("traceon if a == 2")
        #expect(try !fixture.fire(a: 1) && !fixture.fire(a: 2))
        #expect(fixture.instance.tracingOn)
        #expect(try fixture.fire(a: 2))
    }

    @Test func `without a condition tracing starts before the record, and behind a filter it waits for it`() throws {
        try fixture.enable("ping")
        try fixture.trigger("traceon")
        fixture.instance.tracingOn = false
        #expect(try fixture.fire())
        try fixture.trigger("!traceon")
        try fixture.trigger("traceon if a == 2")
        try fixture.filter("a > 0")
        fixture.instance.tracingOn = false
        #expect(try fixture.fire(a: 2))
    }

    @Test func `an event that is off or filtered out pulls its triggers`() throws {
        try fixture.trigger("traceoff:2")
        #expect(try !fixture.fire())
        #expect(!fixture.instance.tracingOn)
        #expect(try !fixture.fire())
        #expect(fixture.triggers() == ["traceoff:count=1"])
        fixture.instance.tracingOn = true
        try fixture.enable("ping")
        try fixture.filter("a == 1")
        #expect(try !fixture.fire(a: 2))
        #expect(!fixture.instance.tracingOn)
        #expect(fixture.triggers() == ["traceoff:count=0"])
        fixture.instance.tracingOn = true
        #expect(try fixture.fire(a: 1))
    }

    @Test func `an event is enabled and disabled by another, as often as it says`() throws {
        try fixture.trigger("enable_event:jit:pong:1")
        #expect(try !fixture.fire("pong"))
        #expect(try !fixture.fire())
        #expect(fixture.state("pong") == "1*")
        #expect(try fixture.fire("pong"))
        try fixture.enable("pong", false)
        #expect(fixture.state("pong") == "0*")
        #expect(try !fixture.fire() && !fixture.fire("pong"))
        #expect(fixture.triggers() == ["enable_event:jit:pong:count=0"])
        try fixture.trigger("disable_event:jit:pong if a == 7", on: "spare")
        try fixture.enable("pong")
        #expect(try !fixture.fire("spare", a: 6) && fixture.fire("pong"))
        #expect(try !fixture.fire("spare", a: 7) && !fixture.fire("pong"))
        try fixture.trigger("!enable_event:jit:pong")
        #expect(fixture.state("pong") == "0*")
        try fixture.trigger("!disable_event:jit:pong", on: "spare")
        #expect(fixture.state("pong") == "0")
    }

    @Test func `an event that enables itself is recorded where its record is looked at, else from the next`() throws {
        try fixture.trigger("enable_event:jit:ping")
        #expect(try !fixture.fire() && fixture.fire())
        try fixture.trigger("enable_event:jit:pong if a == 1", on: "pong")
        #expect(try !fixture.fire("pong", a: 0) && fixture.fire("pong", a: 1))
    }

    @Test func `what is enabled stays so when its triggers go`() throws {
        try fixture.trigger("stacktrace:3")
        try fixture.enable("ping")
        #expect(fixture.state("ping") == "1*")
        try fixture.trigger("!stacktrace")
        #expect(fixture.state("ping") == "1")
        #expect(try fixture.fire())
    }

    @Test func `a held event counts as enabled for its system, and everything off leaves it held`() throws {
        let found = fixture.base.engine.catalogue.snapshot.system(named: "jit".utf8Span.span)
        let system = try #require(found)
        try fixture.trigger("traceoff")
        #expect(fixture.instance.enableState(system) == .mixed)
        try fixture.instance.setEnabled(system, true)
        #expect(fixture.state("ping") == "1*")
        try fixture.instance.setAllEnabled(false)
        #expect((fixture.state("ping"), fixture.state("pong")) == ("0*", "0"))
        try fixture.instance.setAllEnabled(true)
        #expect((fixture.state("ping"), fixture.state("pong")) == ("1*", "1"))
        fixture.instance.checkInvariants()
    }

    @Test func `a held event cannot be removed, and an instance lets go of it`() throws {
        try fixture.trigger("enable_event:jit:pong")
        for name in ["ping", "pong"] {
            let error = #expect(throws: Errno.self) { try fixture.base.engine.remove(fixture.event(name)) }
            #expect(error == .resourceBusy)
        }
        try fixture.base.engine.removeInstance(fixture.instance)
        #expect(fixture.base.engine.heldEventCount == 0)
        #expect(fixture.refusal("traceoff") == .operationNotSupportedByDevice)
        for name in ["ping", "pong"] { try fixture.base.engine.remove(fixture.event(name)) }
    }

    @Test func `markers pull the triggers of ftrace print`() throws {
        try fixture.trigger("traceoff if buf ~ \"stop*\"", on: "print")
        try fixture.base.mark("go", in: fixture.instance)
        #expect(fixture.instance.tracingOn)
        try fixture.base.mark("stop it", in: fixture.instance)
        #expect(!fixture.instance.tracingOn)
        #expect(try fixture.base.read(fixture.instance) == ["go", "stop it"])
        try fixture.trigger("!traceoff", on: "print")
        fixture.instance.checkInvariants()
    }

    @Test func `an injected record pulls what looks at records, and is recorded unless triggers hold its event`() throws
    {
        let task = fixture.base.task
        func inject(_ a: Int32) throws -> Bool {
            try fixture.instance.write(
                event: fixture.event("ping"), payload: FilterFixture.Record(a: a).bytes.span, lane: 0, task: task,
                evenIfDisabled: true)
        }
        #expect(try inject(1))
        try fixture.trigger("enable_event:jit:pong")
        #expect(try !inject(1))
        #expect(fixture.state("pong") == "0*")
        try fixture.enable("ping")
        try fixture.trigger("traceoff if a == 2")
        #expect(try inject(1) && inject(2))
        #expect(!fixture.instance.tracingOn)
        #expect(fixture.state("pong") == "1*")
    }
}
