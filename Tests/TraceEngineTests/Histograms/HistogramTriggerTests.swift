internal import Bytes
internal import JITFSTestSupport
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

/// What a line `hist:…` does: made, changed, removed, shared, full.
@Suite struct HistogramTriggerTests {
    private let fixture: HistogramFixture

    init() throws { fixture = try HistogramFixture() }

    private func hits(_ name: String = "ping") -> [UInt64] {
        fixture.instance.histograms(of: fixture.event(name)).map(\.hits)
    }

    @Test(arguments: [
        ("hist:keys=a", "hist:keys=a:vals=hitcount:sort=hitcount:size=2048"),
        ("hist:key=a:val=b:size=128", "hist:keys=a:vals=hitcount,b:sort=hitcount:size=128"),
        ("hist  keys=a:values=hitcount,b", "hist:keys=a:vals=hitcount,b:sort=hitcount:size=2048"),
        ("hist:keys=a:size=129", "hist:keys=a:vals=hitcount:sort=hitcount:size=256"),
        ("hist:keys=a:size=0x20000", "hist:keys=a:vals=hitcount:sort=hitcount:size=131072"),
        ("hist:keys=a:sort=hitcount.ascending", "hist:keys=a:vals=hitcount:sort=hitcount:size=2048"),
        ("hist:keys=a.hex,b:sort=b.descending,a", "hist:keys=a.hex,b:vals=hitcount:sort=b.descending,a.hex:size=2048"),
        ("hist:name=foo:keys=a", "hist:name=foo:keys=a:vals=hitcount:sort=hitcount:size=2048"),
        ("hist:keys=a.sym-offset", "hist:keys=a.sym-offset:vals=hitcount:sort=hitcount:size=2048"),
        (
            "hist:keys=common_timestamp.usecs",
            "hist:keys=common_timestamp.usecs:vals=hitcount:sort=hitcount:size=2048:clock=local"
        ),
        ("hist:keys=a:x=b,y=5", "hist:keys=a:vals=hitcount:x=b,y=5:sort=hitcount:size=2048"),
        ("hist:keys=a:x=b:y=who-b", "hist:keys=a:vals=hitcount:x=b,y=who-b:sort=hitcount:size=2048"),
        ("hist:keys=a.buckets=0x10", "hist:keys=a.buckets=16:vals=hitcount:sort=hitcount:size=2048"),
        ("hist:keys=a if a > 3", "hist:keys=a:vals=hitcount:sort=hitcount:size=2048 if a > 3"),
        ("hist:keys=a  if  a > 3 ", "hist:keys=a:vals=hitcount:sort=hitcount:size=2048 if  a > 3"),
    ])
    func `a histogram is listed as the kernel lists it, and removed by the same line`(
        _ text: String, _ line: String
    ) throws {
        try fixture.trigger(text)
        #expect(fixture.triggers() == [line + " [active]"])
        #expect(fixture.base.state("ping") == "0*")
        #expect(fixture.engine.mappedBytes > 0)
        try fixture.trigger("!" + text)
        #expect(fixture.triggers() == [])
        #expect(fixture.base.state("ping") == "0")
    }

    @Test func `what is taken for entries is counted, and given back`() throws {
        try fixture.base.enable("spare")
        let before = fixture.engine.mappedBytes
        try fixture.trigger("hist:keys=s:size=128")
        // 256 bytes of key and 8 of hits, of which sixteen shards may have 32 too many, and 24 of the table.
        #expect(fixture.engine.mappedBytes == before + (128 + 16 * 32) * (256 + 8) + 128 * 24)
        try fixture.trigger("!hist:keys=s:size=128")
        #expect(fixture.engine.mappedBytes == before)
        #expect(fixture.refusal("hist:keys=s,a:size=131072") == nil)
    }

    @Test func `entries that the limit leaves no room for are ENOMEM`() throws {
        let small = TraceFixture { $0.buffersBytesMax = 8 << 20 }
        try small.engine.catalogue.add(
            system: "jit", name: "ping", format: .own(Array(FilterFixture.text.utf8)), origin: .dynamic)
        let event = small.event("jit", "ping")
        let refusal = #expect(throws: FilterRefusal.self) {
            try small.engine.top.addTrigger("hist:keys=s:size=131072".utf8Span.span, of: event)
        }
        #expect(refusal?.errno == .noMemory)
        #expect(!small.engine.top.hasTriggers(event))
        #expect(!small.engine.top.isHeld(event))
        #expect(small.engine.mappedBytes == 0)
    }

    @Test func `histograms stand behind other triggers, in the order in which they came`() throws {
        try fixture.trigger("hist:keys=a")
        try fixture.trigger("traceon")
        try fixture.trigger("hist:keys=b")
        #expect(
            fixture.triggers() == [
                "traceon:unlimited", "hist:keys=a:vals=hitcount:sort=hitcount:size=2048 [active]",
                "hist:keys=b:vals=hitcount:sort=hitcount:size=2048 [active]",
            ])
        fixture.instance.removeHistograms(of: fixture.event("ping"))
        #expect(fixture.triggers() == ["traceon:unlimited"])
        fixture.instance.checkInvariants()
    }

    @Test func `a histogram is paused, continued and cleared while it is there`() throws {
        try fixture.trigger("hist:keys=a:pause")
        #expect(fixture.triggers() == ["hist:keys=a:vals=hitcount:sort=hitcount:size=2048 [paused]"])
        try fixture.fire { $0.a = 1 }
        #expect(hits() == [0])
        try fixture.trigger("hist:keys=a:cont")
        try fixture.fire { $0.a = 1 }
        #expect(hits() == [1])
        try fixture.trigger("hist:keys=a:pause")
        try fixture.fire { $0.a = 1 }
        #expect(hits() == [1])
        try fixture.trigger("hist:keys=a:clear")
        #expect(hits() == [0])
        #expect(fixture.triggers() == ["hist:keys=a:vals=hitcount:sort=hitcount:size=2048 [paused]"])
        try fixture.trigger("hist:keys=a:continue")
        try fixture.fire { $0.a = 1 }
        #expect(hits() == [1])
        #expect(fixture.refusal("hist:keys=a") == .fileExists)
        #expect(fixture.refusal("hist:keys=b:cont") == .noSuchFileOrDirectory)
        #expect(fixture.refusal("hist:keys=b:clear") == .noSuchFileOrDirectory)
        #expect(
            fixture.log() == [
                "Hist trigger already exists @0", "Can't clear or continue a nonexistent hist trigger @0",
                "Can't clear or continue a nonexistent hist trigger @0",
            ])
    }

    @Test func `another event continues and pauses histograms, so many times`() throws {
        try fixture.trigger("hist:keys=a:pause")
        try fixture.trigger("hist:keys=b:pause")
        try fixture.trigger("enable_hist:jit:ping:2 if a == 1", on: "pong")
        try fixture.trigger("disable_hist:jit:ping", on: "spare")
        #expect(fixture.refusal("disable_hist:jit:ping", on: "pong") == .fileExists)
        #expect(fixture.refusal("enable_hist:jit:nosuch", on: "pong") == .invalidArgument)
        #expect(fixture.triggers("pong") == ["enable_hist:jit:ping:count=2 if a == 1"])
        #expect(fixture.triggers("spare") == ["disable_hist:jit:ping:unlimited"])
        for expected in [1, 2, 2] as [UInt64] {
            try fixture.fire { _ in }
            try fixture.fire("pong") { $0.a = 0 }
            try fixture.fire { _ in }
            try fixture.fire("pong") { $0.a = 1 }
            try fixture.fire { _ in }
            try fixture.fire("spare") { _ in }
            #expect(hits() == [expected, expected])
        }
        #expect(fixture.triggers("pong") == ["enable_hist:jit:ping:count=0 if a == 1"])
        try fixture.trigger("!enable_hist:jit:ping", on: "spare")
        #expect(fixture.triggers("spare") == [])
        // Truncation takes them too.
        fixture.instance.removeHistograms(of: fixture.event("pong"))
        #expect(fixture.triggers("pong") == [])
        fixture.instance.removeHistograms(of: fixture.event("ping"))
        #expect(fixture.base.state("ping") == "0")
        fixture.instance.checkInvariants()
    }

    @Test func `a condition decides what is counted, and one that is none is refused as a filter's`() throws {
        try fixture.trigger("hist:keys=a if b > 5 && s ~ \"he*\"")
        for (b, s) in [(5, "hello"), (6, "hello"), (7, "world")] as [(UInt64, String)] {
            try fixture.fire {
                $0.b = b
                $0.s = s
            }
        }
        #expect(hits() == [1])
        #expect(fixture.refusal("hist:keys=b if bogus == 1") == .invalidArgument)
        #expect(fixture.refusal("hist:keys=b if a == 1)") == .notPermitted)
        let entries = fixture.instance.errorLog.entries
        #expect(entries.map(\.place) == ["event filter parse error", "event filter parse error"])
        #expect(entries.map { String(repairing: $0.command.span) } == ["bogus == 1", "a == 1)"])
        // With another condition it is another histogram.
        try fixture.trigger("hist:keys=a")
        try fixture.trigger("!hist:keys=a if b > 5")
        #expect(fixture.triggers().count == 2)
    }

    @Test func `records are counted whether they are recorded or not, and however they come`() throws {
        try fixture.trigger("hist:keys=a")
        try fixture.fire { _ in }
        try fixture.base.enable("ping")
        try fixture.fire { _ in }
        try fixture.base.filter("a == 5")
        try fixture.fire { _ in }
        fixture.instance.tracingOn = false
        try fixture.fire { _ in }
        #expect(hits() == [4])
        fixture.instance.tracingOn = true
        try fixture.instance.write(
            event: fixture.event("ping"), payload: FilterFixture.Record().bytes.span, lane: 0,
            task: fixture.base.base.task, evenIfDisabled: true)
        #expect(hits() == [5])
        #expect(try fixture.trace().count == 1)
    }

    @Test func `markers are counted`() throws {
        try fixture.trigger("hist:keys=common_pid", on: "print")
        for _ in 0..<10 { try fixture.base.base.mark("hello", in: fixture.instance) }
        #expect(fixture.entries("print").first == "{ common_pid:         42 } hitcount:         10")
    }

    @Test func `instances count for themselves`() throws {
        let other = try fixture.engine.createInstance(name: "other")
        try fixture.trigger("hist:name=same:keys=a")
        try other.addTrigger("hist:name=same:keys=a".utf8Span.span, of: fixture.event("ping"))
        try fixture.fire { $0.a = 1 }
        try other.addTrigger("hist:name=same:keys=a:clear".utf8Span.span, of: fixture.event("ping"))
        #expect(hits() == [1])
        #expect(other.histograms(of: fixture.event("ping")).map(\.hits) == [0])
        try fixture.engine.removeInstance(other)
        try fixture.fire { $0.a = 1 }
        #expect(hits() == [2])
    }

    @Test func `a name makes one histogram of several events`() throws {
        try fixture.trigger("hist:name=both:keys=a:vals=b")
        try fixture.trigger("hist:name=both:keys=a:vals=b", on: "pong")
        try fixture.fire { $0.b = 3 }
        try fixture.fire("pong") { $0.b = 4 }
        #expect(fixture.text() == fixture.text("pong"))
        #expect(fixture.entries().first == "{ a:          0 } hitcount:          2  b:          7")
        #expect(fixture.refusal("hist:name=both:keys=b", on: "spare") == .invalidArgument)
        #expect(
            fixture.log() == [
                "Named hist trigger doesn't match existing named trigger (includes variables) @5"
            ])
        #expect(fixture.refusal("hist:name=both:keys=a:vals=b") == .fileExists)
        // One is paused alone, and cleared for both.
        try fixture.trigger("hist:name=both:keys=a:vals=b:pause")
        try fixture.fire { $0.b = 3 }
        try fixture.fire("pong") { $0.b = 4 }
        #expect(hits() == [3])
        try fixture.trigger("hist:name=both:keys=a:vals=b:clear", on: "pong")
        #expect(hits() == [0])
        try fixture.trigger("!hist:name=both:keys=a:vals=b")
        try fixture.fire("pong") { $0.b = 4 }
        #expect(hits("pong") == [1])
        #expect(hits() == [])
    }

    @Test func `a full table counts what it drops, and goes on with what it has`() throws {
        try fixture.trigger("hist:keys=b:size=128")
        for b in 0..<200 as Range<UInt64> { try fixture.fire { $0.b = b } }
        for b in 0..<128 as Range<UInt64> { try fixture.fire { $0.b = b } }
        let report = try #require(fixture.instance.histograms(of: fixture.event("ping")).first)
        #expect(report.entries.count == 128)
        #expect(report.hits == 256)
        #expect(report.drops == 72)
        try fixture.trigger("hist:keys=b:size=128:clear")
        for b in 200..<328 as Range<UInt64> { try fixture.fire { $0.b = b } }
        let again = try #require(fixture.instance.histograms(of: fixture.event("ping")).first)
        #expect(again.entries.count == 128)
        #expect(again.drops == 0)
        for trigger in fixture.instance.histogramTriggers(of: fixture.event("ping")) {
            trigger.histogram.checkInvariants()
        }
    }

    @Test func `sums wrap around`() throws {
        try fixture.trigger("hist:keys=a:vals=b")
        for _ in 0..<2 { try fixture.fire { $0.b = .max } }
        #expect(fixture.entries().first == "{ a:          0 } hitcount:          2  b: 18446744073709551614")
    }

    @Test func `a removed instance lets its events go`() throws {
        try fixture.synthetic("late u64 x")
        try fixture.trigger("hist:keys=a:x=b:onmax($x).trace(late,$x)")
        #expect(fixture.syntheticRefusal("!late") == .resourceBusy)
        try fixture.engine.removeInstance(fixture.instance)
        #expect(!fixture.event("ping").isWanted)
        #expect(fixture.syntheticRefusal("!late") == nil)
    }

    @Test func `counting is exact while others read, clear and remove`() throws {
        try fixture.trigger("hist:keys=a:vals=b")
        try fixture.trigger("hist:keys=who:vals=b:size=128")
        let fixture = fixture
        let each = 2000
        var threads = Threads()
        for lane in 0..<3 {
            threads.start {
                for turn in 0..<each {
                    _ = try? fixture.fire(lane: lane) {
                        $0.a = Int32(turn % 100)
                        $0.b = UInt64(lane)
                        $0.d = UInt32(turn)
                    }
                }
            }
        }
        threads.start {
            for turn in 0..<50 {
                _ = fixture.text()
                try? fixture.trigger(turn % 2 == 0 ? "hist:keys=f" : "!hist:keys=f")
                try? fixture.trigger("hist:keys=who:vals=b:size=128:clear")
            }
        }
        threads.join()
        let reports = fixture.instance.histograms(of: fixture.event("ping"))
        let entries = reports[0].entries
        #expect(reports[0].hits == UInt64(3 * each))
        #expect(entries.count == 100)
        #expect(entries.allSatisfy { $0.values.map(\.cell) == [.unsigned(60), .unsigned(60)] })
        for trigger in fixture.instance.histogramTriggers(of: fixture.event("ping")) {
            trigger.histogram.checkInvariants()
        }
    }
}
