internal import Bytes
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

/// An engine with events of all kinds, enabled in one instance, and what came of bodies that were posted.
struct PostingFixture {
    /// What a record came to.
    struct Recorded: Equatable {
        let timestamp: UInt64
        let cpu: Int
        let comm: String
        let payload: [UInt8]
    }

    /// What a body came to.
    struct Outcome: Equatable {
        var records: [Recorded] = []
        var errno: Errno?
        var reason = ""
        var number = 0
        var written = 0
        var offset: Int?
    }

    static let definitions = [
        "u:shop/order u64 id; s32 qty; char[8] sku; __data_loc char[] note",
        "u:shop/odd s8 a; u8 b; s16 c; u16 d; s64 e; __rel_loc char[] tag; __data_loc u32[] list; char[4] x",
        "u:shop/tick", "u:shop/bytes unsigned char[3] raw; struct point p 5; u32 last",
    ]

    let fixture = TraceFixture()
    let users: UserEvents
    let instance: TraceInstance
    let pipe: TracePipe

    init() throws {
        users = UserEvents(of: fixture.engine)
        instance = try fixture.engine.createInstance(name: "x")
        for definition in Self.definitions { try users.define(definition.utf8Span.span) }
        try instance.setAllEnabled(true)
        pipe = try instance.openPipe()
    }

    var engine: TraceEngine { fixture.engine }

    func id(_ name: String) -> UInt16 { fixture.event("shop", name).id }

    func post(_ body: [UInt8], isLean: Bool = true) -> Outcome {
        outcome { () throws(PostRefusal) in
            var lines = EventLines(engine: engine, caller: fixture.task, lane: 1, isLean: isLean)
            try lines.take(body.span)
        }
    }

    func post(_ body: String) -> Outcome { post(Array(body.utf8)) }

    func post(packed body: [UInt8]) -> Outcome {
        outcome { () throws(PostRefusal) in
            try engine.post(packed: body.span, by: fixture.task, lane: 1)
        }
    }

    private func outcome(_ body: () throws(PostRefusal) -> Void) -> Outcome {
        var outcome = Outcome()
        do throws(PostRefusal) {
            try body()
        } catch {
            (outcome.errno, outcome.reason) = (error.errno, error.reason)
            (outcome.number, outcome.written, outcome.offset) = (error.number, error.written, error.offset)
        }
        outcome.records = drain()
        return outcome
    }

    func drain() -> [Recorded] {
        var payload = ByteBuffer()
        var records: [Recorded] = []
        while case .record(let header) = pipe.step(into: &payload) {
            let pid = RecordCommon(of: payload.span).pid
            records.append(
                Recorded(
                    timestamp: header.timestamp, cpu: header.cpu, comm: engine.comm(forPID: pid),
                    payload: payload.array))
        }
        return records
    }

    /// A record's fields as JSON.
    func json(_ record: Recorded) throws -> String {
        let id = RecordCommon(of: record.payload.span).type
        let event = try #require(engine.catalogue.snapshot.event(id: id))
        return RecordFixture.json(try RecordPlan(event).format, record.payload)
    }
}

/// A packed body in the making.
struct PackedBody {
    var bytes: [UInt8] = Array("jtev".utf8) + [1, 0, 0, 0]

    /// Appends a number, its low bytes first.
    static func number(_ value: UInt64, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
    }

    mutating func add(
        _ id: UInt16, _ fields: [UInt8], pid: Int32 = 0, timestamp: UInt64? = nil, cpu: UInt32? = nil
    ) {
        bytes += Self.number(UInt64(fields.count + 8), 2)
        bytes += [(timestamp == nil ? 0 : 1) | (cpu == nil ? 0 : 2), 0]
        if let timestamp { bytes += Self.number(timestamp, 8) }
        if let cpu { bytes += Self.number(UInt64(cpu), 4) }
        bytes += Self.number(UInt64(id), 2) + [0, 0] + Self.number(UInt64(UInt32(bitPattern: pid)), 4) + fields
    }
}
