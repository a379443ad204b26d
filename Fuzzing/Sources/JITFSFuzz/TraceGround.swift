import Bytes
import TraceEngine

/// What the targets of tracing work on: an engine with two events, kept for all inputs; what an input made is taken away
/// behind it.
struct TraceGround: Sendable {
    let engine: TraceEngine
    let instance: TraceInstance
    /// `u64 id; s32 delta; char[16] name; __data_loc char[] note`
    let event: TraceEvent
    /// `u64 id`
    let other: TraceEvent
    let users: UserEvents
    let format: EventFormat
    /// Bytes of its fixed part, the common header included.
    private static let fixedBytes = 40
    let task = TraceTask(pid: 7, comm: "fuzz")

    static let shared: TraceGround = {
        do { return try TraceGround() } catch { fatalError("no ground: \(error)") }
    }()

    private init() throws {
        var limits = TraceLimits()
        limits.buffersBytesMax = 64 << 20
        engine = TraceEngine(clock: TraceClock(manual: ManualTime(nanoseconds: 1000)), limits: limits, lanes: 2)
        users = UserEvents(of: engine)
        try users.define("u:fuzz/seed u64 id; s32 delta; char[16] name; __data_loc char[] note".utf8Span.span)
        try users.define("u:fuzz/other u64 id".utf8Span.span)
        let snapshot = engine.catalogue.snapshot
        guard let event = snapshot.event(system: "fuzz".utf8Span.span, name: "seed".utf8Span.span),
            let other = snapshot.event(system: "fuzz".utf8Span.span, name: "other".utf8Span.span)
        else { fatalError("what was defined is there") }
        (self.event, self.other) = (event, other)
        var text = ByteBuffer()
        event.appendFormat(to: &text)
        format = try EventFormat(parsing: text.span)
        instance = try engine.createInstance(name: "fuzz")
        try instance.setBufferKilobytes(64)
        try instance.setEnabled(event, true)
    }

    /// A record of ``event`` with some bytes in its fields.
    func record(_ bytes: Span<UInt8>) -> [UInt8] {
        var record = [UInt8](repeating: 0, count: max(Self.fixedBytes, min(8 + bytes.count, 512)))
        for index in 0..<min(bytes.count, record.count - 8) { record[8 + index] = bytes[index] }
        return record
    }
}
