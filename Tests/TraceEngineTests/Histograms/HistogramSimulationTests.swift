internal import JITFSTestSupport
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

/// Random lines and records: nothing traps, what is refused changes nothing, and everything is let go in the end; and
/// random records against a dictionary.
@Suite struct HistogramSimulationTests {
    private static let pieces = [
        "hist:", "keys=", "a", "b", "who", "s", "name", "common_pid", ".execname", ".hex", ".log2", ".buckets=", "5",
        "0",
        ":", ",", ":vals=", ":sort=", ".descending", ":size=", "128", ":name=x", ":x=", ":y=", "$x", "$y", "+", "-",
        "*",
        "/", "-(", ")", "(", ":onmatch(jit.ping)", ":onmatch(jit.pong)", ":onmax($x)", ":onchange($x)", ".save(",
        ".trace(", "late,", ".late(", ".snapshot()", "jit.ping.", "common_timestamp", ".usecs", "common_cpu", " if ",
        "a > 3", ":pause", ":cont", ":clear", ":nohitcount", "!", "hitcount", ".percent", ".graph", "stacktrace", "é",
        "=",
    ]

    @Test func `random lines are taken or refused, and all that they held is let go`() throws {
        let seed = Seed.next()
        var generator = SeededGenerator(seed: seed)
        for round in 0..<30 {
            let fixture = try HistogramFixture()
            try fixture.synthetic("late u64 x; char name[]")
            var taken = 0
            for turn in 0..<120 {
                var line = turn % 3 == 0 ? "" : "hist:keys=" + ["a", "who", "a,who", "name"][Int(generator.next() % 4)]
                for _ in 0..<Int(generator.next() % 9) {
                    line += Self.pieces[Int(generator.next() % UInt64(Self.pieces.count))]
                }
                let event = ["ping", "pong", "late"][Int(generator.next() % 3)]
                let before = fixture.triggers(event)
                if let errno = fixture.refusal(line, on: event) {
                    #expect(errno.rawValue > 0)
                    #expect(fixture.triggers(event) == before, "seed \(seed), round \(round): \(line)")
                } else {
                    taken += 1
                }
                if event != "late" {
                    try fixture.fire(event, lane: turn, at: UInt64(turn) * 1000) {
                        $0.a = Int32(truncatingIfNeeded: generator.next() % 4)
                        $0.b = generator.next()
                        $0.name = "n\(turn % 5)"
                    }
                }
                _ = fixture.text(event)
                fixture.instance.checkInvariants()
            }
            #expect(taken > 0, "seed \(seed)")
            // What others ask for goes last.
            for _ in 0..<120 {
                for name in ["late", "pong", "ping"] { fixture.instance.removeHistograms(of: fixture.event(name)) }
            }
            for name in ["late", "pong", "ping"] { try fixture.trigger("!stacktrace", on: name) }
            for name in ["ping", "pong", "late"] {
                #expect(fixture.triggers(name) == [], "seed \(seed), round \(round)")
            }
            fixture.instance.checkInvariants()
            #expect(fixture.syntheticRefusal("!late") == nil, "seed \(seed), round \(round)")
        }
    }

    @Test func `sums are those of a dictionary`() throws {
        struct Sums: Equatable {
            var hits: UInt64 = 0
            var b: UInt64 = 0
            var e: UInt64 = 0
        }
        let seed = Seed.next()
        var generator = SeededGenerator(seed: seed)
        let fixture = try HistogramFixture()
        try fixture.trigger("hist:keys=a,name:vals=b,e:size=256 if who != 7")
        var model: [String: Sums] = [:]
        var hits: UInt64 = 0
        var drops: UInt64 = 0
        for turn in 0..<5000 {
            let a = Int32(truncatingIfNeeded: generator.next() % 30) - 15
            let name = "task\(generator.next() % 12)"
            let b = generator.next()
            let e = Int8(truncatingIfNeeded: generator.next())
            let who = UInt32(truncatingIfNeeded: generator.next() % 10)
            try fixture.fire(lane: turn) {
                $0.a = a
                $0.name = name
                $0.b = b
                $0.e = e
                $0.d = who
            }
            if who == 7 { continue }
            let key = "\(a) \(name)"
            if model[key] == nil, model.count == 256 {
                drops += 1
                continue
            }
            hits += 1
            model[key, default: Sums()].hits += 1
            model[key, default: Sums()].b &+= b
            model[key, default: Sums()].e &+= UInt64(bitPattern: Int64(e))
        }
        let report = try #require(fixture.instance.histograms(of: fixture.event("ping")).first)
        #expect(report.hits == hits, "seed \(seed)")
        #expect(report.drops == drops, "seed \(seed)")
        var found: [String: Sums] = [:]
        for entry in report.entries {
            guard case .signed(let a) = entry.keys[0].cell, case .text(let name) = entry.keys[1].cell,
                case .unsigned(let hits) = entry.values[0].cell, case .unsigned(let b) = entry.values[1].cell,
                case .signed(let e) = entry.values[2].cell
            else {
                Issue.record("cells of other kinds")
                return
            }
            found["\(a) \(String(decoding: name, as: UTF8.self))"] = Sums(hits: hits, b: b, e: UInt64(bitPattern: e))
        }
        #expect(found == model, "seed \(seed)")
    }
}
