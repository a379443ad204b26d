internal import Bytes
internal import SystemPackage
internal import TraceEngine

/// An engine with a clock moved by hand, and some events.
struct TraceFixture {
    let time = ManualTime(nanoseconds: 1_000_000_000)
    let engine: TraceEngine
    let task = TraceTask(pid: 42, comm: "tester")

    init(lanes: Int = 2, _ change: (inout TraceLimits) -> Void = { _ in }) {
        var limits = TraceLimits()
        limits.buffersBytesMax = 1 << 30
        change(&limits)
        engine = TraceEngine(clock: TraceClock(manual: time), limits: limits, lanes: lanes)
    }

    func add(_ system: String, _ names: String..., origin: EventOrigin = .imported) throws(Errno) {
        let text = EventFormatText.own(Array("name: x\nID: 777\nformat:\n".utf8))
        try engine.catalogue.add(
            names.map { EventCatalogue.Definition(system: system, name: $0, format: text, origin: origin) })
    }

    func event(_ system: String, _ name: String) -> TraceEvent {
        engine.catalogue.snapshot.event(system: system.utf8Span.span, name: name.utf8Span.span)!
    }

    func mark(_ text: String, in instance: TraceInstance, lane: Int = 0) throws(Errno) {
        time.advance(by: 1000)
        try instance.writeMarker(text.utf8Span.span, task: task, lane: lane)
    }

    /// The texts of the markers that a pipe still has, and `LOST n` where it lost some.
    func drain(_ pipe: TracePipe) -> [String] {
        var payload = ByteBuffer()
        var lines: [String] = []
        while true {
            switch pipe.step(into: &payload) {
            case .record: lines.append(Self.text(payload))
            case .lost(let cpu, let count): lines.append("CPU:\(cpu) [LOST \(count) EVENTS]")
            case .empty, .ended: return lines
            }
        }
    }

    func read(_ instance: TraceInstance, lane: Int? = nil) throws(Errno) -> [String] {
        var cursor = try instance.makeCursor(lane: lane)
        var payload = ByteBuffer()
        var lines: [String] = []
        while case .record = cursor.step(into: &payload) { lines.append(Self.text(payload)) }
        return lines
    }

    static func text(_ payload: borrowing ByteBuffer) -> String {
        let text = payload.span.extracting(16..<payload.count)
        return String(repairing: text.extracting(0..<(text.firstIndex(of: 0x0A) ?? text.count)))
    }

    static func bytes(_ count: Int = 16) -> [UInt8] { [UInt8](repeating: 7, count: count) }
}
