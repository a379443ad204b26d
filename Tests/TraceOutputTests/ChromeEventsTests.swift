internal import Bytes
internal import JITFSTestSupport
internal import Testing
internal import TraceEngine
internal import TraceOutput

/// Trace events as text, one a line, and as what a JSON reader makes of the whole.
struct ChromeEventsTests {
    private struct Record {
        var time: UInt64
        var pid: Int32 = 42
        var comm = "till-7"
        var cpu = 0
        var event: TraceEventDescription
        var bytes: [UInt8]
    }

    private func lines(_ records: [Record], name: String = "shop", clockIsNanoseconds: Bool = true) throws -> [String] {
        var chrome = ChromeEvents(process: 3, name: name, clockIsNanoseconds: clockIsNanoseconds)
        var out = ByteBuffer()
        chrome.appendHead(to: &out)
        for record in records {
            chrome.append(
                record.bytes.span, of: record.event,
                header: TraceRecordHeader(timestamp: record.time, cpu: record.cpu), comm: record.comm, to: &out)
        }
        chrome.appendEnd(to: &out)
        let document = try JSONReader.document(out.span)
        #expect(document.members?.map(\.name) == ["displayTimeUnit", "traceEvents"])
        let text = out.text
        return text.split(separator: "\n").dropFirst().dropLast().map { line in
            String(line.last == "," ? line.dropLast() : line)
        }
    }

    private func events(_ records: [Record]) throws -> [String] {
        try lines(records).filter { !$0.contains("\"ph\":\"M\"") }
    }

    private func marker(_ text: String, at time: UInt64, pid: Int32 = 42) throws -> Record {
        let marker = try OutputFixture.marker()
        let bytes = Array(try OutputFixture.record(marker, "{}", pid: pid)[..<16]) + Array(text.utf8) + [0x0A, 0]
        return Record(time: time, pid: pid, event: marker, bytes: bytes)
    }

    /// An event of one field.
    private func event(_ declaration: String, _ size: Int, name: String = "work") throws -> TraceEventDescription {
        let field = declaration.split(separator: " ").last ?? ""
        return try OutputFixture.event(
            "shop/\(name)", id: 100, [(declaration, 8, size, declaration.hasPrefix("s"))],
            print: "\"%d\", REC->\(field)")
    }

    private func record(
        _ event: TraceEventDescription, _ value: String, at time: UInt64, pid: Int32 = 42
    ) throws -> Record {
        let field = try #require(event.format.fields.first).name
        return Record(
            time: time, pid: pid, event: event,
            bytes: try OutputFixture.record(event, "{\"\(field)\":\(value)}", pid: pid))
    }

    // MARK: names

    @Test func `the instance is the process, a task its thread, named once`() throws {
        let ping = try OutputFixture.ping()
        let record = Record(time: 1, event: ping, bytes: try OutputFixture.record(ping, "{}", pid: 42))
        var other = record
        other.bytes = try OutputFixture.record(ping, "{}", pid: 43)
        other.comm = "bash"
        let names = try lines([record, record, other, record]).filter { $0.contains("\"ph\":\"M\"") }
        #expect(
            names == [
                #"{"ph":"M","name":"process_name","pid":3,"tid":0,"args":{"name":"shop"}}"#,
                #"{"ph":"M","name":"thread_name","pid":3,"tid":42,"args":{"name":"till-7"}}"#,
                #"{"ph":"M","name":"thread_name","pid":3,"tid":43,"args":{"name":"bash"}}"#,
            ])
    }

    @Test func `hostile names are escaped`() throws {
        let ping = try OutputFixture.ping()
        var record = Record(time: 1, event: ping, bytes: try OutputFixture.record(ping, #"{"s":"\"\u0001\\"}"#))
        record.comm = "a\"\u{7}\\"
        let all = try lines([record], name: "in\"s\u{1}\n")
        #expect(all[0].contains(#""name":"in\"s\u0001\n""#))
        #expect(all[1].contains(#""name":"a\"\u0007\\""#))
        #expect(all[2].contains(#""s":"\"\u0001\\""#))
        let bytes = try marker("B|1|caf\u{E9}", at: 1)
        var broken = bytes
        broken.bytes = Array(bytes.bytes[..<16]) + Array("B|1|a".utf8) + [0xFF, 0x22, 0]
        #expect(try events([broken])[0].hasSuffix(#""name":"a\#u{FFFD}\""}"#))
    }

    // MARK: instants

    @Test func `an event is an instant with its fields and its CPU`() throws {
        let ping = try OutputFixture.ping()
        let bytes = try OutputFixture.record(ping, #"{"__probe_ip":1,"a":-5,"b":9007199254740992,"s":"hi","d":255}"#)
        #expect(
            try events([Record(time: 1_000_123, cpu: 1, event: ping, bytes: bytes)]) == [
                #"{"ph":"i","ts":1000.123,"pid":3,"tid":9802,"s":"t","cat":"jit","name":"ping","args":"#
                    + #"{"__probe_ip":1,"a":-5,"b":9007199254740992,"s":"hi","d":255,"common_cpu":1}}"#
            ])
    }

    @Test func `numbers that a double cannot hold are strings`() throws {
        for (value, shown) in [
            ("9007199254740992", "9007199254740992"), ("9007199254740993", "\"9007199254740993\""),
            ("18446744073709551615", "\"18446744073709551615\""),
        ] {
            let event = try event("u64 id", 8)
            #expect(try events([record(event, value, at: 1)])[0].contains("\"id\":\(shown),"))
        }
        let event = try event("s64 id", 8)
        #expect(try events([record(event, "-9007199254740993", at: 1)])[0].contains(#""id":"-9007199254740993","#))
        #expect(try events([record(event, "-9007199254740992", at: 1)])[0].contains(#""id":-9007199254740992,"#))
    }

    @Test func `an event without fields has its CPU alone`() throws {
        let bare = try OutputFixture.event("shop/bare", id: 9, [], print: "\"\"")
        let bytes = try OutputFixture.record(bare, "{}")
        #expect(
            try events([Record(time: 7, event: bare, bytes: bytes)])[0].hasSuffix(
                #""cat":"shop","name":"bare","args":{"common_cpu":0}}"#))
    }

    @Test func `a counter for a clock is shown as microseconds`() throws {
        let ping = try OutputFixture.ping()
        let record = Record(time: 12, event: ping, bytes: try OutputFixture.record(ping, "{}"))
        #expect(try lines([record], clockIsNanoseconds: false)[2].contains(#""ts":12,"#))
    }

    @Test func `a record cut anywhere leaves a document that is JSON`() throws {
        let ping = try OutputFixture.ping()
        let bytes = try OutputFixture.record(ping, #"{"s":"hello"}"#)
        for count in 0...bytes.count {
            _ = try lines([Record(time: 1, event: ping, bytes: Array(bytes[..<count]))])
        }
    }

    @Test func `losses are instants of the process`() throws {
        let chrome = ChromeEvents(process: 3, name: "shop")
        var out = ByteBuffer()
        chrome.append(lost: 580, cpu: 1, at: 2000, to: &out)
        #expect(
            out.text
                == ",\n"
                + #"{"ph":"i","ts":2.000,"pid":3,"tid":0,"s":"p","name":"lost events","args":"#
                + #"{"common_cpu":1,"lost":580}}"#)
    }

    // MARK: slices

    @Test func `a field that tells a duration makes a slice that ends with the record`() throws {
        for (declaration, size, value, shown) in [
            ("u64 duration_ns", 8, "1500", "1.500"), ("u32 duration", 4, "7", "0.007"), ("u16 dur_us", 2, "9", "9.000"),
            ("u8 read_latency_ms", 1, "2", "2000.000"), ("u64 elapsed_s", 8, "1", "1000000.000"),
            ("u64 dur", 8, "0", "0.000"),
        ] {
            let event = try event(declaration, size)
            let line = try events([record(event, value, at: 5_000_000_000)])[0]
            #expect(line.hasPrefix(#"{"ph":"X","ts":"#), "\(declaration)")
            #expect(line.contains("\"dur\":\(shown),"), "\(declaration)")
        }
        let event = try event("u64 duration_ns", 8)
        #expect(try events([record(event, "1500", at: 5000)])[0].contains(#""ts":3.500,"#))
    }

    @Test func `what only sounds like a duration makes none`() throws {
        for declaration in ["u64 duration_pages", "u64 endurance", "u64 dura", "u64 ns", "u64 duration_nsx"] {
            #expect(try events([record(event(declaration, 8), "1", at: 5000)])[0].contains(#""ph":"i""#))
        }
        let text = try OutputFixture.event("shop/work", id: 1, [("char duration[8]", 8, 8, false)], print: "\"\"")
        let bytes = try OutputFixture.record(text, "{}")
        #expect(try events([Record(time: 9, event: text, bytes: bytes)])[0].contains(#""ph":"i""#))
    }

    @Test func `a duration longer than all time leaves an instant`() throws {
        let event = try event("u64 duration_s", 8)
        #expect(try events([record(event, "6", at: 5_000_000_000)])[0].contains(#""ph":"i""#))
        #expect(try events([record(event, "18446744073709551615", at: 5)])[0].contains(#""ph":"i""#))
    }

    @Test func `slices that cut each other stand on tracks of their own, others do not`() throws {
        let event = try event("u64 dur", 8)
        let records = [
            try record(event, "10", at: 20),  // 10…20
            try record(event, "15", at: 25),  // 10…25: begins with it, and is around it
            try record(event, "5", at: 30),  // 25…30: behind it
            try record(event, "30", at: 30),  // 0…30: around all
            try record(event, "3", at: 33),  // 30…33: behind
            try record(event, "13", at: 35),  // 22…35: cuts
        ]
        let threads = try events(records).map { line in
            String(line.split(separator: ",").first { $0.hasPrefix("\"tid\":") } ?? "")
        }
        let own = "\"tid\":42"
        #expect(threads == [own, own, own, own, own, "\"tid\":\(Int32.max)"])
        let names = try lines(records).filter { $0.contains("thread_name") }
        #expect(names.count == 2)
        #expect(names[1].contains("till-7 (2)"))
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `slices at random never cut each other on a track`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let event = try event("u64 dur", 8)
        var end: UInt64 = 100
        var records: [Record] = []
        for _ in 0..<300 {
            end += UInt64.random(in: 0...9, using: &random)
            let length = UInt64.random(in: 0...40, using: &random)
            records.append(try record(event, "\(length)", at: end, pid: Int32.random(in: 1...2, using: &random)))
        }
        var tracks: [String: [Range<UInt64>]] = [:]
        for line in try events(records) where line.contains(#""ph":"X""#) {
            let slice = try #require(Slice(line))
            for other in tracks[slice.thread, default: []] {
                let isApart = other.upperBound <= slice.time.lowerBound
                let isWithin = other.lowerBound >= slice.time.lowerBound || other.upperBound == slice.time.upperBound
                #expect(isApart || isWithin, "seed \(seed): \(other) and \(slice.time)")
            }
            tracks[slice.thread, default: []].append(slice.time)
        }
        #expect(tracks.count > 2, "seed \(seed)")
    }

    // MARK: counters and markers

    @Test func `fields that count make counters beside the event`() throws {
        let event = try OutputFixture.event(
            "shop/queue", id: 9,
            [("u32 depth_gauge", 8, 4, false), ("s64 counter", 12, 8, true), ("u32 encounter", 20, 4, false)],
            print: "\"\"")
        let bytes = try OutputFixture.record(event, #"{"depth_gauge":5,"counter":-7,"encounter":1}"#, pid: 42)
        let found = try events([Record(time: 1000, event: event, bytes: bytes)])
        let head = #"{"ph":"C","ts":1.000,"pid":3,"tid":42,"cat":"shop","name":"queue","args":"#
        #expect(found.count == 3)
        #expect(found[0] == head + #"{"depth_gauge":5}}"#)
        #expect(found[1] == head + #"{"counter":-7}}"#)
        #expect(found[2].contains(#""ph":"i""#))
    }

    @Test func `markers of systrace begin and end slices, and count`() throws {
        let found = try events([
            marker("B|100|check|out", at: 1000), marker("C|100|queue|-5", at: 2000), marker("E|100", at: 3000),
        ])
        #expect(
            found == [
                #"{"ph":"B","ts":1.000,"pid":3,"tid":42,"cat":"marker","name":"check|out"}"#,
                #"{"ph":"C","ts":2.000,"pid":3,"tid":42,"cat":"marker","name":"queue","args":{"value":-5}}"#,
                #"{"ph":"E","ts":3.000,"pid":3,"tid":42}"#,
            ])
    }

    @Test func `an end without a beginning is left out`() throws {
        #expect(try events([marker("E", at: 1), marker("E|1", at: 2)]) == [])
        let found = try events([
            marker("B|1|a", at: 1), marker("E", at: 2, pid: 43), marker("E", at: 3), marker("E", at: 4),
        ])
        #expect(found.count == 2)
    }

    @Test func `a slice that began before an open marker stands on another track`() throws {
        let event = try event("u64 dur", 8)
        let found = try events([
            marker("B|1|a", at: 100), record(event, "5", at: 110), record(event, "50", at: 120), marker("E", at: 130),
        ])
        #expect(found.count == 4)
        #expect(found[1].contains("\"tid\":42"))
        #expect(found[2].contains("\"tid\":\(Int32.max)"))
    }

    @Test(arguments: [
        "", "B", "B|", "B|1", "B|1|", "B|x|name", "Bx", "E|x", "Ex", "C|1|name", "C|1||5", "C|1|name|", "C|1|name|x",
        "C|1|name|1.5", "C|1|name|007", "C|1|name|-", "C|1|name|1234567890123456789", "hello", "S|1|name|7",
    ])
    func `any other marker is an instant with its text`(_ text: String) throws {
        let found = try events([marker(text, at: 1000)])
        #expect(found.count == 1)
        #expect(found[0].contains(#""ph":"i""#))
        #expect(found[0].contains("\"buf\":\"\(text)\\n\""))
    }
}

/// What the tests look at of a slice.
private struct Slice {
    let thread: String
    let time: Range<UInt64>

    init?(_ line: String) {
        func value(_ name: String) -> Substring? {
            line.split(separator: ",").first { $0.hasPrefix("\"\(name)\":") }.map { $0.dropFirst(name.utf8.count + 3) }
        }
        func nanoseconds(_ text: Substring?) -> UInt64? { text.flatMap { UInt64($0.filter { $0 != "." }) } }
        guard let thread = value("tid"), let start = nanoseconds(value("ts")), let length = nanoseconds(value("dur"))
        else { return nil }
        self.thread = String(thread)
        time = start..<(start + length)
    }
}
