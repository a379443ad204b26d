internal import Bytes
internal import SystemPackage
internal import TraceEngine

@testable internal import KernelTracing

/// An engine whose kernel is a ``FakeTracefs`` with events `sched/switch` (318), `sched/wakeup` (320), `sys/enter` (7).
final class KernelFixture {
    let tracefs = FakeTracefs()
    let engine: TraceEngine
    let source: KernelSource

    init(buffersBytes: Int = 1 << 30) throws {
        tracefs.addEvent("sched/switch", type: 318)
        tracefs.addEvent("sched/wakeup", type: 320)
        tracefs.addEvent("sys/enter", type: 7)
        tracefs.set("saved_cmdlines", "12 bash\n13 two words\n")
        var limits = TraceLimits()
        limits.buffersBytesMax = buffersBytes
        engine = TraceEngine(limits: limits, lanes: 2)
        source = try KernelSource(try KernelMount("/fake", tracefs), engine: engine)
    }

    deinit { source.close() }

    func event(_ path: String) throws -> TraceEvent {
        let parts = path.split(separator: "/").map(String.init)
        guard let event = engine.event(system: parts[0].utf8Span.span, name: parts[1].utf8Span.span) else {
            throw Errno.noSuchFileOrDirectory
        }
        return event
    }

    /// A page with records of one event, whose fields are the numbers.
    func page(_ type: UInt16, at time: UInt64, _ values: [UInt32], pid: Int32 = 12) -> PageBuilder {
        var page = PageBuilder(at: time)
        for value in values {
            page.record(type: type, pid: pid, after: 10, fields: PageBuilder.bytes(UInt64(value), 4))
        }
        return page
    }

    /// What an instance holds, without consuming it: `sched/switch 5`, `LOST 7`.
    func read(_ instance: TraceInstance) throws -> [String] {
        var cursor = try instance.makeCursor()
        var payload = ByteBuffer()
        var lines: [String] = []
        while true {
            switch cursor.step(into: &payload) {
            case .record: lines.append(line(payload.array))
            case .lost(let cpu, let count): lines.append("CPU:\(cpu) LOST \(count)")
            case .empty, .ended: return lines
            }
        }
    }

    /// The same, consuming.
    func drain(_ pipe: TracePipe) -> [String] {
        var payload = ByteBuffer()
        var lines: [String] = []
        while true {
            switch pipe.step(into: &payload) {
            case .record: lines.append(line(payload.array))
            case .lost(let cpu, let count): lines.append("CPU:\(cpu) LOST \(count)")
            case .empty, .ended: return lines
            }
        }
    }

    private func line(_ payload: [UInt8]) -> String {
        let common = RecordCommon(of: payload.span)
        let value = payload[8..<12].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard let event = engine.catalogue.snapshot.event(id: common.type) else { return "? \(value)" }
        return "\(event.name) \(value)"
    }
}
