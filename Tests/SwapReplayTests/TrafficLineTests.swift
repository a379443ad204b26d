internal import JITFSTestSupport
internal import Testing

@testable internal import SwapReplay

@Suite struct TrafficLineTests {
    private static func line(_ text: String) -> TrafficLine? { TrafficLine(text.utf8Span.span) }

    @Test func `events of pages are read, as trace_pipe gives them`() {
        for kind in TrafficOperation.Kind.allCases {
            let text = """
                {"timestamp_ns":15300977623000,"cpu":1,"pid":10109,"comm":"jitfsd","event":"ramzswap/page_\(kind.name)",\
                "fields":{"sector":360,"duration_ns":49063,"comp_len":1737,"device":"my \\"swap\\""}}
                """
            #expect(
                Self.line(text)
                    == .operation(
                        TrafficOperation(
                            kind: kind, sector: 360, storedBytes: 1737, nanoseconds: 49063, time: 15_300_977_623_000),
                        pool: "my \"swap\""))
        }
        #expect(
            Self.line(
                #"{"event":"ramzswap/page_put","timestamp_ns":"18446744073709551615","more":[],"fields":{"device":"b","comp_len":0,"duration_ns":"1","sector":"0"}}"#
            )
                == .operation(
                    TrafficOperation(kind: .put, sector: 0, storedBytes: 0, nanoseconds: 1, time: .max), pool: "b"))
    }

    /// The short way is only a way to be faster.
    @Test func `a line that is scanned says what its JSON says`() throws {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        let comms = ["jitfsd", "a,\\\"event\\\":\\\"ramzswap/page_get", "", "ü,,", "\\u0000"]
        let pools = ["swap", "", "ü 🐢", "a\\\"b", "back\\\\slash", "\\n"]
        for _ in 0..<3000 {
            let shift = random.next() % 64
            let kind = TrafficOperation.Kind.allCases.randomElement(using: &random)?.name ?? ""
            var line = Array(
                """
                {"timestamp_ns":\(random.next() >> shift),"cpu":0,"pid":1,"comm":"\(comms.randomElement(using: &random) ?? "")",\
                "event":"ramzswap/page_\(kind)","fields":{"sector":\(random.next() >> shift),\
                "duration_ns":\(random.next() % 100_000),"comp_len":\(random.next() % 4097),\
                "device":"\(pools.randomElement(using: &random) ?? "")"}}
                """.utf8)
            let whole = TrafficLine(json: line.span)
            #expect(whole != nil && TrafficLine(line.span) == whole, "SEED=\(seed)")
            // Altered behind what is not looked at.
            guard let start = line.lastIndex(of: UInt8(ascii: "{")) else { continue }
            let place = Int.random(in: start..<line.count, using: &random)
            if random.next() % 2 == 0 {
                line[place] = UInt8(truncatingIfNeeded: random.next())
            } else {
                line.removeSubrange(place...)
            }
            #expect(TrafficLine(line.span) == TrafficLine(json: line.span), "SEED=\(seed)")
        }
    }

    @Test func `lost events and others are told apart`() {
        #expect(Self.line(#"{"lost":580,"cpu":0}"#) == .lost(580))
        #expect(Self.line(#"{"lost":null,"cpu":0}"#) == .lost(nil))
        #expect(Self.line(#"{"timestamp_ns":1,"event":"ftrace/print","fields":{}}"#) == .other)
        #expect(Self.line(#"{"timestamp_ns":1,"event":"ramzswap/page_turned","fields":{}}"#) == .other)
    }

    @Test func `what is no event is refused`() {
        let whole =
            #"{"timestamp_ns":1,"cpu":0,"event":"ramzswap/page_get","fields":{"sector":8,"duration_ns":5,"comp_len":9,"device":"b"}}"#
        #expect(Self.line(whole) != nil)
        for length in 0..<whole.utf8.count { #expect(Self.line(String(whole.prefix(length))) == nil, "\(length)") }
        for (part, other) in [
            ("\"sector\":8,", ""), ("\"device\":\"b\"", "\"device\":7"), ("9", "4294967296"), ("9", "-1"), ("9", "1.5"),
            ("\"timestamp_ns\":1,", ""), ("\"fields\"", "\"felds\""), ("8", "18446744073709551616"),
        ] {
            let text = whole.split(separator: part, maxSplits: 1, omittingEmptySubsequences: false).joined(
                separator: other)
            #expect(text != whole && Self.line(text) == nil, "\(text)")
        }
        for text in ["", "[]", "7", "{}", "null", "{\"event\":7}"] { #expect(Self.line(text) == nil, "\(text)") }
    }
}
