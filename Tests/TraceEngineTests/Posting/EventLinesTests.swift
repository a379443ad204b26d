internal import Bytes
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

@Suite struct EventLinesTests {
    let fixture: PostingFixture

    init() throws { fixture = try PostingFixture() }

    private func generalCount(_ line: String) throws -> Int {
        var lines = EventLines(engine: fixture.engine, caller: fixture.fixture.task, lane: 0)
        do throws(PostRefusal) { try lines.take(line.utf8Span.span) } catch {}
        return lines.generalCount
    }

    @Test(arguments: [
        #"{"event":"shop/order","fields":{"id":42,"qty":-3,"sku":"A-1","note":"two cups"}}"#,
        #" { "event" : "shop/order" , "fields" : { "qty" : -3 , "id" : "42" } , "cpu" : 1 } "#,
        #"{"timestamp_ns":5,"cpu":0,"pid":7,"comm":"till","event":"shop/order","fields":{"note":"tea \u00e9 é"}}"#,
        #"{"event":"shop/odd","fields":{"a":-128,"b":255,"c":-32768,"d":65535,"e":-9223372036854775808,"tag":"t"}}"#,
        #"{"event":"shop/tick"}"#, #"{"event":"shop/tick","fields":{}}"#,
        #"{"event":"shop/bytes","fields":{"last":1}}"#,
        #"{"event":"shop/order","fields":{"id":true,"qty":false}}"#,
    ])
    func `what programs write all day is taken the lean way`(_ line: String) throws {
        #expect(try generalCount(line) == 0)
        #expect(fixture.drain().count == 1)
    }

    @Test(arguments: [
        #"{"event":"shop/odd","fields":{"list":[1]}}"#, #"{"fields":{},"event":"shop/tick"}"#,
        #"{"event":"shop\/tick"}"#, #"{"event":"shop/odd","fields":{"list":[],"tag":"t"}}"#,
        #"{"event":"shop/tick","timestamp_ns":18446744073709551615}"#, #"{"event":"shop/none"}"#, "{", "[]", "7",
    ])
    func `what is not so simple is left to the general way`(_ line: String) throws {
        #expect(try generalCount(line) == 1)
    }

    @Test func `a line's own task, time and CPU go with its record, and the caller's with the others`() throws {
        fixture.fixture.time.nanoseconds = 9
        let outcome = fixture.post(
            """
            {"event":"shop/order","fields":{"id":1}}
            {"timestamp_ns":3,"cpu":0,"pid":7,"comm":"till","event":"shop/order","fields":{"id":2}}
            {"pid":8,"event":"shop/order","fields":{"id":3}}
            """)
        #expect(outcome.errno == nil)
        let shown = outcome.records.map { "\($0.timestamp) \($0.cpu) \($0.comm)" }
        #expect(shown == ["3 0 till", "9 1 tester", "9 1 tester"])
    }

    @Test func `records of one pid under two names are filtered under the name that each came with`() throws {
        let event = fixture.fixture.event("shop", "order")
        try fixture.instance.setFilter("comm == \"b\"".utf8Span.span, of: event)
        let line = { (comm: String) in #"{"pid":7,"comm":"\#(comm)","event":"shop/order","fields":{}}"# + "\n" }
        let outcome = fixture.post(line("a") + line("b") + line("a") + line("b") + line("b"))
        #expect(outcome.records.count == 3)
    }

    @Test func `many more tasks than are remembered lose no record and no name`() throws {
        let body = (1...100).map { #"{"pid":\#($0),"comm":"t\#($0)","event":"shop/tick"}"# }.joined(separator: "\n")
        let outcome = fixture.post(body)
        #expect(outcome.records.map(\.comm) == (1...100).map { "t\($0)" })
    }

    @Test func `thousands of lines are recorded in order, over several lanes`() throws {
        let count = 3000
        let body = (0..<count).map {
            #"{"event":"shop/order","timestamp_ns":\#($0 + 1),"cpu":\#($0 % 2),"fields":{"id":\#($0)}}"#
        }.joined(separator: "\n")
        let outcome = fixture.post(body)
        #expect(outcome.records.count == count)
        #expect(outcome.records.map(\.timestamp) == (1...UInt64(count)).map { $0 })
    }

    @Test func `a counting clock counts each record`() throws {
        try fixture.instance.setClock(named: "counter")
        let outcome = fixture.post(String(repeating: "{\"event\":\"shop/tick\"}\n", count: 5))
        let first = try #require(outcome.records.first?.timestamp)
        #expect(outcome.records.map { $0.timestamp - first } == [0, 1, 2, 3, 4])
    }

    @Test func `a record that fits no page is refused, and what was before it stays`() throws {
        let note = String(repeating: "x", count: 5000)
        let outcome = fixture.post(
            "{\"event\":\"shop/tick\"}\n\n" + #"{"event":"shop/order","fields":{"note":"\#(note)"}}"#)
        #expect(outcome.errno == .invalidArgument)
        #expect(outcome.number == 3 && outcome.written == 1 && outcome.records.count == 1)
    }

    @Test(arguments: [
        (#"{"event":"shop/order","fields":{"id":"x"}}"#, Errno.invalidArgument),
        (#"{"event":"shop/order","fields":{"id":[1]}}"#, .invalidArgument),
        (#"{"event":"shop/order","fields":{"sku":7}}"#, .invalidArgument),
        (#"{"event":"shop/order","fields":{"qty":2147483648}}"#, .outOfRange),
        (#"{"event":"shop/order","fields":{"id":-1}}"#, .outOfRange),
        (#"{"event":"shop/order","fields":{"id":1e3}}"#, .invalidArgument),
        (#"{"event":"shop/order","fields":{"id":99999999999999999999999}}"#, .outOfRange),
        (#"{"event":"shop/order","fields":{"sku":"123456789"}}"#, .argListTooLong),
        (#"{"event":"shop/order","fields":{"colour":1}}"#, .noSuchFileOrDirectory),
        (#"{"event":"shop/order","fields":{"id":1,"id":2}}"#, .invalidArgument),
        (#"{"event":"shop/order","fields":7}"#, .invalidArgument), (#"{"event":7}"#, .invalidArgument),
        (#"{"event":"shop/order","cpu":"1"}"#, .invalidArgument),
        (#"{"event":"shop/order","timestamp_ns":-1}"#, .invalidArgument),
        (#"{"event":"shop/order","pid":4294967296}"#, .invalidArgument),
        (#"{"event":"shop/order"} x"#, .invalidArgument), (#"{"event":"shop/order""#, .invalidArgument),
        ("{\"event\":\"shop/order\",\"fields\":{\"note\":\"a\u{0}b\"}}", .invalidArgument),
        (String(repeating: #"{"event":"#, count: 100_000), .invalidArgument),
        (String(repeating: "[", count: 100_000), .invalidArgument),
        (#"{"event":"shop/order","fields":{"id":"# + String(repeating: "9", count: 100_000) + "}}", .outOfRange),
    ])
    func `a bad line is refused with its number, and the lines before it are written`(
        _ line: String, _ errno: Errno
    ) throws {
        let good = #"{"event":"shop/order","fields":{"id":1}}"# + "\n"
        let outcome = fixture.post(good + "\n" + good + line + "\n" + good)
        #expect(outcome.errno == errno, "\(outcome.reason)")
        #expect(outcome.number == 4 && outcome.written == 2 && outcome.records.count == 2)
    }

    @Test(arguments: [64, 65, 100])
    func `an event may have many fields, more than the lean way takes`(_ count: Int) throws {
        let fields = (0..<count).map { "u16 f\($0)" }.joined(separator: ";")
        try fixture.users.define("u:shop/many \(fields)".utf8Span.span)
        try fixture.instance.setAllEnabled(true)
        let json = "{" + (0..<count).map { "\"f\($0)\":\($0)" }.joined(separator: ",") + "}"
        let line = "{\"event\":\"shop/many\",\"fields\":\(json)}"
        #expect(try generalCount(line) == (count > 64 ? 1 : 0))
        #expect(try fixture.drain().map(fixture.json) == [json])
        var body = PackedBody()
        body.add(fixture.id("many"), (0..<count).flatMap { PackedBody.number(UInt64($0), 2) })
        #expect(try fixture.post(packed: body.bytes).records.map(fixture.json) == [json])
    }

    @Test func `bytes that are not UTF-8 are refused`() throws {
        for bad in [[0xFF], [0xC3], [0xED, 0xA0, 0x80]] as [[UInt8]] {
            let line = Array(#"{"event":"shop/order","fields":{"note":""#.utf8) + bad + Array("\"}}".utf8)
            let outcome = fixture.post(line)
            #expect(outcome.errno == .invalidArgument && outcome.number == 1 && outcome.records.isEmpty)
        }
    }

    @Test func `an event that was removed and made anew between two bodies is the new one`() throws {
        #expect(fixture.post(#"{"event":"shop/tick"}"#).records.count == 1)
        try fixture.instance.setAllEnabled(false)
        try fixture.users.remove("shop/tick".utf8Span.span)
        #expect(fixture.post(#"{"event":"shop/tick"}"#).errno == .noSuchFileOrDirectory)
        try fixture.users.define("u:shop/tick u32 more".utf8Span.span)
        try fixture.instance.setAllEnabled(true)
        let outcome = fixture.post(#"{"event":"shop/tick","fields":{"more":7}}"#)
        #expect(try outcome.records.map(fixture.json) == [#"{"more":7}"#])
    }

    @Test func `nothing is recorded where tracing is off or the event is enabled nowhere`() throws {
        let line = #"{"event":"shop/order","fields":{"id":1}}"#
        fixture.instance.tracingOn = false
        #expect(fixture.post(line).records.isEmpty)
        fixture.instance.tracingOn = true
        try fixture.instance.setAllEnabled(false)
        let outcome = fixture.post(line + "\n" + line)
        #expect(outcome.errno == nil && outcome.records.isEmpty)
    }
}
