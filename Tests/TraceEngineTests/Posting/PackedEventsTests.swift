internal import Bytes
internal import JITFSTestSupport
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

@Suite struct PackedEventsTests {
    let fixture: PostingFixture
    private let seed = Seed.next()

    init() throws { fixture = try PostingFixture() }

    /// `shop/order` with a note behind its fixed part of 32 bytes.
    private func order(_ id: UInt64, note: [UInt8]? = nil, at place: UInt64 = 32, length: UInt64? = nil) -> [UInt8] {
        let note = note ?? Array("tea\0".utf8)
        return PackedBody.number(id, 8) + PackedBody.number(7, 4) + Array("A-1\0\0\0\0\0".utf8)
            + PackedBody.number(place | (length ?? UInt64(note.count)) << 16, 4) + note
    }

    @Test func `records are taken as the event's format lays them out`() throws {
        fixture.fixture.time.nanoseconds = 9
        var body = PackedBody()
        body.add(fixture.id("order"), order(42))
        body.add(fixture.id("tick"), [], pid: 7, timestamp: 3, cpu: 0)
        body.add(fixture.id("order"), order(43, note: [], at: 0), cpu: 5)
        body.add(fixture.id("tick"), [1, 2, 3], timestamp: 10)
        let outcome = fixture.post(packed: body.bytes)
        #expect(outcome.errno == nil, "\(outcome.reason)")
        let shown = try outcome.records.map { "\($0.timestamp) \($0.cpu) " + (try fixture.json($0)) }
        #expect(
            shown == [
                "3 0 {}", #"9 1 {"id":42,"qty":7,"sku":"A-1","note":"tea"}"#,
                #"9 1 {"id":43,"qty":7,"sku":"A-1","note":""}"#, "10 1 {}",
            ])
        #expect(outcome.records.map { RecordCommon(of: $0.payload.span).pid } == [7, 42, 42, 42])
        #expect(outcome.records[1].comm == "tester")
    }

    @Test func `a packed record is the record that the same line makes`() throws {
        let line = #"{"event":"shop/order","fields":{"id":42,"qty":7,"sku":"A-1","note":"tea"}}"#
        var body = PackedBody()
        body.add(fixture.id("order"), order(42))
        #expect(fixture.post(line).records == fixture.post(packed: body.bytes).records)
    }

    @Test func `a body without records is taken, one without a head is not`() throws {
        #expect(fixture.post(packed: PackedBody().bytes).errno == nil)
        for bad in ["", "jtev", "jtev\u{2}\0\0\0", "jtev\u{1}\0\u{1}\0", "{\"event\":\"shop/tick\"}"] {
            let outcome = fixture.post(packed: Array(bad.utf8))
            #expect(outcome.errno == .invalidArgument && outcome.number == 0 && outcome.offset == 0)
        }
    }

    @Test func `a bad record is refused with its number and place, and those before it are written`() throws {
        let id = fixture.id("order")
        let start = 8 + 2 * (4 + 8 + 28)
        func refused(_ errno: Errno, _ offset: Int, _ make: (inout PackedBody) -> Void) {
            var body = PackedBody()
            for number in 1...2 { body.add(id, order(UInt64(number))) }
            make(&body)
            let outcome = fixture.post(packed: body.bytes)
            #expect(outcome.errno == errno, "\(outcome.reason)")
            #expect(outcome.number == 3 && outcome.written == 2 && outcome.records.count == 2)
            #expect(outcome.offset == start + offset, "\(outcome.reason)")
        }
        refused(.invalidArgument, 0) { $0.bytes += [8] }
        refused(.invalidArgument, 0) { $0.bytes += [8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] }
        refused(.invalidArgument, 2) { $0.bytes += [8, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0] }
        refused(.invalidArgument, 2) { $0.bytes += [8, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0] }
        refused(.invalidArgument, 0) { $0.bytes += [8, 0, 1, 0] + [UInt8](repeating: 0, count: 15) }
        refused(.invalidArgument, 0) { $0.bytes += [7, 0, 0, 0] + [UInt8](repeating: 0, count: 8) }
        refused(.invalidArgument, 0) { $0.bytes += [0xE9, 0x0F, 0, 0] + [UInt8](repeating: 0, count: 5000) }
        refused(.invalidArgument, 0) { $0.bytes += [9, 0, 0, 0] + [UInt8](repeating: 0, count: 8) }
        refused(.noSuchFileOrDirectory, 4) { $0.add(0xFFFF, []) }
        refused(.noSuchFileOrDirectory, 4) { $0.add(5, []) }
        refused(.invalidArgument, 4) { $0.add(id, [UInt8](repeating: 0, count: 23)) }
        refused(.invalidArgument, 4 + 28) { $0.add(id, order(1, at: 33)) }
        refused(.invalidArgument, 4 + 28) { $0.add(id, order(1, length: 0xFFFF)) }
        refused(.invalidArgument, 4 + 28) { $0.add(id, order(1, at: 0xFFFF, length: 1)) }
        refused(.invalidArgument, 4 + 28) { $0.add(id, order(1, note: Array("tea".utf8))) }
        refused(.invalidArgument, 6) {
            $0.add(id, order(1))
            $0.bytes[start + 6] = 1
        }
    }

    @Test func `what a relative field points at ends within the record too`() throws {
        // a b c d e tag list x: the tag's descriptor is at 22, what it points at is told from 26 on.
        let head: [UInt8] = [1, 2, 3, 0, 4, 0] + PackedBody.number(5, 8)
        func post(tag: UInt64, list: UInt64, _ behind: [UInt8]) -> PostingFixture.Outcome {
            var body = PackedBody()
            body.add(
                fixture.id("odd"),
                head + PackedBody.number(tag, 4) + PackedBody.number(list, 4) + [0, 0, 0, 0] + behind)
            return fixture.post(packed: body.bytes)
        }
        let right = post(tag: 8 | 2 << 16, list: 36 | 8 << 16, [0x74, 0, 1, 0, 0, 0, 2, 0, 0, 0])
        #expect(
            try right.records.map(fixture.json) == [
                #"{"a":1,"b":2,"c":3,"d":4,"e":5,"tag":"t","list":[1,2],"x":""}"#
            ])
        #expect(post(tag: 8 | 3 << 16, list: 0, [0x74, 0]).errno == .invalidArgument)
        #expect(post(tag: 0xFFFF | 0xFFFF << 16, list: 0, [0x74, 0]).errno == .invalidArgument)
        #expect(post(tag: 0, list: 36 | 8 << 16, [0x74, 0]).errno == .invalidArgument)
    }

    @Test(arguments: 1...8)
    func `each of many dynamic fields is looked at`(_ count: Int) throws {
        let fields = (0..<count).map { "__data_loc char[] f\($0)" }.joined(separator: "; ")
        try fixture.users.define("u:shop/many \(fields)".utf8Span.span)
        try fixture.instance.setAllEnabled(true)
        let end = 8 + 4 * count
        for wrong in 0...count {
            // All point at the same text, but for one that points a byte too far; `count` stands for none.
            let places = (0..<count).flatMap { PackedBody.number(UInt64(end + ($0 == wrong ? 1 : 0)) | 2 << 16, 4) }
            var body = PackedBody()
            body.add(fixture.id("many"), places + [0x74, 0])
            let outcome = fixture.post(packed: body.bytes)
            #expect(outcome.records.count == (wrong == count ? 1 : 0))
            #expect(outcome.offset == (wrong == count ? nil : 8 + 4 + 8 + 4 * wrong))
        }
    }

    @Test func `a filter and a trigger see packed records as they see others`() throws {
        let event = fixture.fixture.event("shop", "order")
        try fixture.instance.setFilter("id & 1 && note == \"tea\"".utf8Span.span, of: event)
        var body = PackedBody()
        for number in 0..<1000 { body.add(event.id, order(UInt64(number))) }
        #expect(fixture.post(packed: body.bytes).records.count == 500)
        try fixture.instance.setFilter("0".utf8Span.span, of: event)
        try fixture.instance.addTrigger("traceoff:1 if id == 9".utf8Span.span, of: event)
        #expect(fixture.post(packed: body.bytes).records.count == 10)
    }

    @Test func `any bytes are taken or refused, and every record that is taken can be shown`() throws {
        var generator = SeededGenerator(seed: seed)
        let ids = ["order", "odd", "tick", "bytes"].map(fixture.id)
        for round in 0..<4000 {
            var body = PackedBody()
            for _ in 0..<(generator.next() % 6) {
                let count = Int(generator.next() % 60)
                let fields = (0..<count).map { _ -> UInt8 in
                    let random = UInt8(truncatingIfNeeded: generator.next())
                    return generator.next() % 3 == 0 ? random : random & 0x1F & ~UInt8(generator.next() % 32)
                }
                let isExtra = generator.next() % 4 == 0
                body.add(
                    ids[Int(generator.next() % 4)], fields, pid: Int32(generator.next() % 3),
                    timestamp: isExtra ? generator.next() : nil,
                    cpu: generator.next() % 4 == 0 ? UInt32(truncatingIfNeeded: generator.next()) : nil)
            }
            if generator.next() % 3 == 0 {
                let place = Int(generator.next() % UInt64(body.bytes.count))
                if generator.next() % 2 == 0 {
                    body.bytes[place] = UInt8(truncatingIfNeeded: generator.next())
                } else {
                    body.bytes.removeSubrange(place...)
                }
            }
            let outcome = fixture.post(packed: body.bytes)
            #expect(outcome.records.count >= outcome.written, "SEED=\(seed), round \(round)")
            for record in outcome.records {
                let text = try fixture.json(record)
                #expect(throws: Never.self, "SEED=\(seed), round \(round): \(text)") {
                    try JSONReader.document(text.utf8Span.span)
                }
            }
        }
    }

    @Test func `posting from several threads loses nothing`() throws {
        try fixture.instance.setBufferKilobytes(4096)
        var body = PackedBody()
        for number in 0..<500 { body.add(fixture.id("order"), order(UInt64(number))) }
        let bytes = body.bytes
        let (engine, task) = (fixture.engine, fixture.fixture.task)
        var threads = Threads()
        for lane in 0..<4 {
            threads.start {
                for _ in 0..<8 {
                    do { try engine.post(packed: bytes.span, by: task, lane: lane) } catch { Issue.record(error) }
                }
            }
        }
        threads.join()
        #expect(fixture.drain().count == 4 * 8 * 500)
    }
}
