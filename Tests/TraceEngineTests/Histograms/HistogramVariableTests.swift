internal import Bytes
internal import JITFSTestSupport
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

/// Variables, expressions, and what histograms do with them.
@Suite struct HistogramVariableTests {
    private let fixture: HistogramFixture

    init() throws { fixture = try HistogramFixture() }

    @Test(arguments: [
        ("123", "123"), ("16-8-4-2", "2"), ("64/8/4/2", "1"), ("16-8+4+2", "14"), ("4*3/2*2", "12"), ("4+3*2-2", "8"),
        ("4+6/2-2", "5"), ("7/3", "2"), ("1-2", "18446744073709551615"), ("18446744073709551615+2", "1"),
        ("0x10*010", "128"),
    ])
    func `constants are worked out where the line is read`(_ expression: String, _ value: String) throws {
        try fixture.trigger("hist:keys=common_pid:x=\(expression)")
        #expect(
            fixture.triggers() == ["hist:keys=common_pid:vals=hitcount:x=\(value):sort=hitcount:size=2048 [active]"])
    }

    @Test(arguments: [
        ("b-who", UInt64(17)), ("who-b", UInt64(bitPattern: -17)), ("b*who", 60), ("b/who", 6), ("who/b", 0),
        ("b/a", .max),
        ("-(b)", UInt64(bitPattern: -20)), ("b+who*2", 26), ("b/7", 2), ("b/8", 2), ("b-who-e", 19),
        ("common_timestamp", 7_000_000), ("common_timestamp.usecs", 7000),
        ("common_timestamp.usecs-common_timestamp.usecs", 0), ("b+common_cpu", 21),
        ("stacktrace+b", 20), ("b-common_stacktrace", 20), ("-(stacktrace)", 0),
    ])
    func `an expression is worked out at each hit, and wraps around`(_ expression: String, _ value: UInt64) throws {
        try fixture.trigger("hist:keys=f:x=\(expression):onchange($x).save(common_pid)")
        try fixture.fire(lane: 1, at: 7_000_000) {
            $0.b = 20
            $0.d = 3
            $0.e = -2
        }
        let report = try #require(fixture.instance.histograms(of: fixture.event("ping")).first)
        // What is 0 was 0 before.
        #expect(report.entries[0].kept.map(\.cell) == [.unsigned(value), .signed(value == 0 ? 0 : 42)])
    }

    @Test func `an expression may be a key and a value, which is summed and shown to programs only`() throws {
        try fixture.trigger("hist:keys=b-who:vals=b*2")
        try fixture.fire {
            $0.b = 9
            $0.d = 2
        }
        #expect(fixture.entries().first == "{ b-who:          7 } hitcount:          1")
        let entry = try #require(fixture.instance.histograms(of: fixture.event("ping")).first?.entries.first)
        #expect(entry.values.map(\.name) == ["hitcount", "b*2"])
        #expect(entry.values.map(\.cell) == [.unsigned(1), .unsigned(18)])
        #expect(fixture.triggers() == ["hist:keys=b-who:vals=hitcount,b*2:sort=hitcount:size=2048 [active]"])
    }

    // MARK: from one event to another

    /// The latency from ping to pong under the same `d`, as histogram.rst has it from wakeup to switch.
    private func wakeup(_ action: String = "onmatch(jit.ping).latency($lat,who,name)") throws {
        try fixture.synthetic("latency u64 lat; u32 who; char comm[16]")
        try fixture.trigger("hist:keys=who:ts0=common_timestamp.usecs")
        try fixture.trigger("hist:keys=who:lat=common_timestamp.usecs-$ts0:\(action)", on: "pong")
        try fixture.instance.setEnabled(fixture.event("latency"), true)
    }

    @Test func `the time from one event to another becomes a synthetic event, and that a histogram`() throws {
        try wakeup()
        try fixture.trigger("hist:keys=who,comm:vals=lat:sort=lat", on: "latency")
        for (who, start, end) in [(1, 1000, 51_000), (2, 2000, 12_000), (1, 100_000, 130_000)]
            as [(UInt32, UInt64, UInt64)]
        {
            try fixture.fire("ping", lane: 0, at: start) { $0.d = who }
            try fixture.fire("pong", lane: 1, at: end) {
                $0.d = who
                $0.name = "till"
                $0.pid = 77
            }
        }
        #expect(
            try fixture.trace() == [
                "51000 latency: lat=50 who=1 comm=till", "12000 latency: lat=10 who=2 comm=till",
                "130000 latency: lat=30 who=1 comm=till",
            ])
        let till = "till" + String(repeating: " ", count: 46)
        #expect(
            fixture.entries("latency") == [
                "{ who:          2, comm: \(till) } hitcount:          1  lat:         10",
                "{ who:          1, comm: \(till) } hitcount:          2  lat:         80", "    Hits: 3",
                "    Entries: 2", "    Dropped: 0",
            ])
        #expect(
            fixture.triggers("pong") == [
                "hist:keys=who:vals=hitcount:lat=common_timestamp.usecs-$ts0:sort=hitcount:size=2048:clock=local"
                    + ":onmatch(jit.ping).latency($lat,who,name) [active]"
            ])
    }

    @Test func `a variable that an expression asked for is gone until it is set again`() throws {
        try wakeup()
        try fixture.fire("ping", at: 1000) { $0.d = 1 }
        for time in [5000, 9000] as [UInt64] { try fixture.fire("pong", at: time) { $0.d = 1 } }
        try fixture.fire("pong", at: 10_000) { $0.d = 2 }
        #expect(try fixture.trace().count == 1)
        // What could not be worked out is not counted at all.
        #expect(fixture.instance.histograms(of: fixture.event("pong"))[0].hits == 1)
    }

    @Test func `a field of the matched event comes along by a histogram of its own`() throws {
        try wakeup("onmatch(jit.ping).latency($lat,jit.ping.who,jit.ping.name)")
        let made = fixture.triggers()
        #expect(
            made == [
                "hist:keys=who:vals=hitcount:ts0=common_timestamp.usecs:sort=hitcount:size=2048:clock=local [active]",
                "hist:keys=who:vals=hitcount:synthetic_who=who:sort=hitcount:size=2048 [active]",
                "hist:keys=who:vals=hitcount:synthetic_name=name:sort=hitcount:size=2048 [active]",
            ])
        try fixture.fire("ping", at: 1000) {
            $0.d = 5
            $0.name = "sleeper"
        }
        try fixture.fire("pong", at: 4000) { $0.d = 5 }
        #expect(try fixture.trace() == ["4000 latency: lat=3 who=5 comm=sleeper"])
        #expect(fixture.refusal("!hist:keys=who:ts0=common_timestamp.usecs") == .resourceBusy)
        #expect(fixture.refusal("!hist:keys=who:synthetic_who=who") == .resourceBusy)
        // Truncation removes none of what is asked for.
        fixture.instance.removeHistograms(of: fixture.event("ping"))
        #expect(fixture.triggers().count == 3)
        fixture.instance.removeHistograms(of: fixture.event("pong"))
        #expect(fixture.triggers().count == 1)
        fixture.instance.removeHistograms(of: fixture.event("ping"))
        #expect(fixture.triggers() == [])
        fixture.instance.checkInvariants()
    }

    @Test func `a field that only the matched event has is taken from it`() throws {
        try fixture.synthetic("seen u64 lat; char comm[16]")
        try fixture.engine.catalogue.add(
            system: "jit", name: "bare",
            format: .own(
                Array(
                    HistogramFixture.format.split(separator: "\n", omittingEmptySubsequences: false)
                        .filter { !$0.contains("field:char name") }.joined(separator: "\n").utf8)), origin: .dynamic)
        try fixture.trigger("hist:keys=who:ts0=common_timestamp.usecs")
        let bare = fixture.base.base.event("jit", "bare")
        try fixture.instance.addTrigger(
            "hist:keys=who:lat=common_timestamp.usecs-$ts0:onmatch(jit.ping).seen($lat,name)".utf8Span.span, of: bare)
        #expect(fixture.triggers().count == 2)
        #expect(fixture.log() == ["Couldn't find field @74", "Couldn't parse field variable @74"])
    }

    @Test func `a qualified variable is found, and one of two events is not unique`() throws {
        try fixture.trigger("hist:keys=who:ts0=common_timestamp.usecs")
        try fixture.trigger("hist:keys=who:ts0=common_timestamp.usecs", on: "spare")
        #expect(fixture.refusal("hist:keys=who:lat=common_timestamp.usecs-$ts0", on: "pong") == .invalidArgument)
        #expect(
            fixture.log().first
                == "Variable name not unique, need to use fully qualified name (subsys.event.var) for variable @42")
        let line = "hist:keys=who:lat=common_timestamp.usecs-jit.ping.$ts0"
        try fixture.trigger(line, on: "pong")
        #expect(
            fixture.triggers("pong") == [
                "hist:keys=who:vals=hitcount:lat=common_timestamp.usecs-jit.ping.$ts0:sort=hitcount:size=2048"
                    + ":clock=local [active]"
            ])
        #expect(fixture.refusal("!hist:keys=who:ts0=common_timestamp.usecs") == .resourceBusy)
        try fixture.trigger("!" + line, on: "pong")
        try fixture.trigger("!hist:keys=who:ts0=common_timestamp.usecs")
    }

    @Test func `a variable may be another's value, and a field's`() throws {
        try fixture.synthetic("both u64 x; u64 y")
        try fixture.trigger("hist:keys=who:x=b")
        try fixture.trigger("hist:keys=who:y=$x:z=b:onmatch(jit.ping).both($y,$z)", on: "pong")
        #expect(
            fixture.triggers("pong") == [
                "hist:keys=who:vals=hitcount:y=$x,z=b:sort=hitcount:size=2048:onmatch(jit.ping).both($y,$z) [active]"
            ])
        try fixture.instance.setEnabled(fixture.event("both"), true)
        try fixture.fire("ping", at: 1) { $0.b = 4 }
        for b in [5, 6] as [UInt64] { try fixture.fire("pong", at: b) { $0.b = b } }
        // A value that is not worked with stays.
        #expect(try fixture.trace() == ["5 both: x=4 y=5", "6 both: x=4 y=6"])
    }

    // MARK: onmax and onchange

    @Test func `onmax keeps the largest, and what was saved with it`() throws {
        try fixture.trigger("hist:keys=a:x=b:onmax($x).save(who,name)")
        for (b, d) in [(5, 1), (9, 2), (9, 3), (4, 4)] as [(UInt64, UInt32)] {
            try fixture.fire {
                $0.b = b
                $0.d = d
                $0.name = "n\(d)"
            }
        }
        let n2 = "n2" + String(repeating: " ", count: 30)
        #expect(
            fixture.text().hasSuffix(
                """
                { a:          0 } hitcount:          4
                \tmax:          9  who:          2  name: \(n2)

                Totals:
                    Hits: 4
                    Entries: 1
                    Dropped: 0

                """))
        let report = try #require(fixture.instance.histograms(of: fixture.event("ping")).first)
        #expect(report.entries[0].kept.map(\.name) == ["max", "who", "name"])
        #expect(report.entries[0].kept.map(\.cell) == [.unsigned(9), .unsigned(2), .text(Array("n2".utf8))])
    }

    @Test func `onchange records a synthetic event when a value is another`() throws {
        try fixture.synthetic("changed u64 x; char who[]")
        try fixture.trigger("hist:keys=a:x=b:onchange($x).trace(changed,$x,name)")
        try fixture.instance.setEnabled(fixture.event("changed"), true)
        for (time, b) in [(1, 0), (2, 3), (3, 3), (4, 5)] as [(UInt64, UInt64)] {
            try fixture.fire(at: time) {
                $0.b = b
                $0.name = "text\(b)"
            }
        }
        #expect(try fixture.trace() == ["2 changed: x=3 who=text3", "4 changed: x=5 who=text5"])
        #expect(fixture.entries()[1] == "\tchanged:          5")
        #expect(fixture.text().contains("hitcount:          4\n\tchanged:          5\n"))
    }

    @Test func `a snapshot is taken when a variable exceeds all it has been, under any key`() throws {
        try fixture.trigger("hist:keys=a:top=b:onmax($top).snapshot()")
        #expect(
            fixture.triggers() == [
                "hist:keys=a:vals=hitcount:top=b:sort=hitcount:size=2048:onmax($top).snapshot() [active]"
            ])
        #expect(fixture.refusal("hist:keys=b:last=b:onchange($last).snapshot()") == .resourceBusy)
        try fixture.base.enable("ping")
        for (a, b) in [(1, 5), (2, 3), (1, 4), (2, 9), (1, 8)] as [(Int32, UInt64)] {
            try fixture.fire(at: b) {
                $0.a = a
                $0.b = b
            }
        }
        // Exchanged at 5, before anything was recorded, and at 9, before that was.
        var cursor = try fixture.instance.makeSnapshotCursor()
        var payload = ByteBuffer()
        var times: [UInt64] = []
        while case .record(let header) = cursor.step(into: &payload) { times.append(header.timestamp) }
        #expect(times == [5, 3, 4])
        #expect(try fixture.trace() == ["9 ping: a=2", "8 ping: a=1"])
        #expect(
            fixture.text().hasSuffix(
                """
                { a:          2 } hitcount:          2
                { a:          1 } hitcount:          3

                Snapshot taken (see tracing/snapshot).  Details:
                \ttriggering value { onmax($top) }:          9\ttriggered by event with key: { a:          2 }

                Totals:
                    Hits: 5
                    Entries: 2
                    Dropped: 0

                """))
        let entry = try #require(fixture.instance.histograms(of: fixture.event("ping")).first?.entries.first)
        #expect(entry.kept.map(\.name) == ["max"])
    }

    @Test func `a synthetic event comes only where it is enabled, in every instance`() throws {
        let other = try fixture.engine.createInstance(name: "other")
        try wakeup()
        try fixture.instance.setEnabled(fixture.event("latency"), false)
        try other.setEnabled(fixture.event("latency"), true)
        try fixture.fire("ping", at: 1000) { $0.d = 1 }
        try fixture.fire("pong", at: 3000) { $0.d = 1 }
        #expect(try fixture.trace() == [])
        #expect(try fixture.trace(other) == ["3000 latency: lat=2 who=1 comm="])
        try other.setFilter("lat > 5".utf8Span.span, of: fixture.event("latency"))
        try fixture.fire("ping", at: 4000) { $0.d = 1 }
        try fixture.fire("pong", at: 6000) { $0.d = 1 }
        #expect(try fixture.trace(other).count == 1)
    }

    @Test func `an event that makes itself ends`() throws {
        try fixture.synthetic("loop u64 x")
        try fixture.trigger("hist:keys=common_pid:y=x:z=x:onmatch(synthetic.loop).loop($z)", on: "loop")
        try fixture.instance.setEnabled(fixture.event("loop"), true)
        var record = [UInt8](repeating: 0, count: 16)
        record[8] = 1
        try fixture.engine.publish(fixture.event("loop"), payload: record.span, task: fixture.base.base.task, lane: 0)
        #expect(try fixture.trace().count == 9)
    }

    @Test func `execname and the task's name may be variables`() throws {
        try fixture.synthetic("named char who[]; char first[]")
        try fixture.trigger(
            "hist:keys=common_pid:who=common_comm:first=common_pid.execname:onmatch(jit.ping).named($who,$first)")
        try fixture.instance.setEnabled(fixture.event("named"), true)
        for comm in ["one", "two"] {
            try fixture.fire(at: 1) { $0.comm = comm }
        }
        #expect(try fixture.trace() == ["1 named: who=one first=one", "1 named: who=two first=one"])
    }

    @Test func `a clock is set by a line that asks for a time, and no other is known`() throws {
        try fixture.trigger("hist:keys=a:clock=boot")
        #expect(fixture.instance.clock.name == "local")
        try fixture.trigger("hist:keys=a:x=common_timestamp:clock=boot")
        #expect(fixture.instance.clock.name == "boot")
        #expect(fixture.refusal("hist:keys=b:zz=common_timestamp:clock=rumb") == .invalidArgument)
        #expect(fixture.log() == ["Couldn't set trace_clock @38"])
    }

    @Test func `a hit's time is its record's`() throws {
        try fixture.trigger("hist:keys=common_timestamp")
        try fixture.base.enable("ping")
        fixture.base.base.time.advance(by: 12_345)
        try fixture.fire { _ in }
        #expect(fixture.entries().first == "{ common_timestamp: 1000012345 } hitcount:          1")
        #expect(try fixture.trace() == ["1000012345 ping: a=0"])
    }

    @Test func `a counter counts a record once, in the histogram and in the trace`() throws {
        try fixture.instance.setClock(named: "counter")
        try fixture.trigger("hist:keys=common_timestamp:vals=b:sort=b")
        try fixture.base.enable("ping")
        for b in 1...2 as ClosedRange<UInt64> { try fixture.fire { $0.b = b } }
        #expect(
            fixture.entries().prefix(2) == [
                "{ common_timestamp:          1 } hitcount:          1  b:          1",
                "{ common_timestamp:          2 } hitcount:          1  b:          2",
            ])
        #expect(try fixture.trace() == ["1 ping: a=0", "2 ping: a=0"])
    }

    @Test func `pairs are matched exactly from several threads`() throws {
        try wakeup("onmatch(jit.ping).latency($lat,who,name)")
        try fixture.trigger("hist:keys=who", on: "latency")
        let fixture = fixture
        var threads = Threads()
        for lane in 0..<4 {
            threads.start {
                for turn in 0..<500 {
                    let who = UInt32(lane * 100 + turn % 50)
                    _ = try? fixture.fire("ping", lane: lane, at: 1000) { $0.d = who }
                    _ = try? fixture.fire("pong", lane: lane + 1, at: 3000) { $0.d = who }
                }
            }
        }
        threads.join()
        let report = try #require(fixture.instance.histograms(of: fixture.event("latency")).first)
        #expect(report.hits == 2000)
        #expect(report.entries.count == 200)
        #expect(report.entries.allSatisfy { $0.values[0].cell == .unsigned(10) })
    }
}
