internal import Bytes
internal import SystemPackage

@testable internal import TraceEngine

/// The events of ``TriggerFixture`` in one instance, and the words for what histograms count of them.
struct HistogramFixture {
    let base: TriggerFixture
    var engine: TraceEngine { base.base.engine }
    var instance: TraceInstance { base.instance }

    /// The format of the events: `d` is called `who`, for an action's parameter has two letters at least.
    static let format = FilterFixture.text.split(separator: "u32 d;").joined(separator: "u32 who;")

    init() throws { base = try TriggerFixture(format: Self.format) }

    func event(_ name: String) -> TraceEvent {
        ["ping", "pong", "spare", "print"].contains(name) ? base.event(name) : base.base.event("synthetic", name)
    }

    func trigger(_ text: String, on name: String = "ping") throws(FilterRefusal) {
        defer { instance.checkInvariants() }
        try instance.addTrigger(text.utf8Span.span, of: event(name))
    }

    func refusal(_ text: String, on name: String = "ping") -> Errno? {
        do throws(FilterRefusal) { try trigger(text, on: name) } catch { return error.errno }
        return nil
    }

    func triggers(_ name: String = "ping") -> [String] {
        var out = ByteBuffer()
        instance.appendTriggers(of: event(name), to: &out)
        return out.text.split(separator: "\n").map(String.init)
    }

    /// The file `hist`.
    func text(_ name: String = "ping", of instance: TraceInstance? = nil) -> String {
        var out = ByteBuffer()
        (instance ?? self.instance).appendHistograms(of: event(name), to: &out)
        return out.text
    }

    /// Its entries and totals, without its head.
    func entries(_ name: String = "ping") -> [String] {
        text(name).split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") && !$0.hasPrefix("Totals") }
    }

    func synthetic(_ text: String) throws(FilterRefusal) { try engine.changeSyntheticEvents(text.utf8Span.span) }

    func syntheticRefusal(_ text: String) -> Errno? {
        do throws(FilterRefusal) { try synthetic(text) } catch { return error.errno }
        return nil
    }

    /// What the error log of an instance says: `message` and the column of its `^`.
    func log(_ instance: TraceInstance? = nil) -> [String] {
        (instance ?? self.instance).errorLog.entries.map { "\($0.message) @\($0.position)" }
    }

    @discardableResult
    func fire(
        _ name: String = "ping", lane: Int = 0, at time: UInt64? = nil, _ change: (inout FilterFixture.Record) -> Void
    ) throws -> Int {
        var record = FilterFixture.Record()
        change(&record)
        return try engine.publish(
            event(name), payload: record.bytes.span, task: TraceTask(pid: record.pid, comm: record.comm), lane: lane,
            timestamp: time)
    }

    /// What an instance recorded, as `event: fields`.
    func trace(_ instance: TraceInstance? = nil) throws -> [String] {
        var cursor = try (instance ?? self.instance).makeCursor()
        var payload = ByteBuffer()
        var lines: [String] = []
        while case .record(let header) = cursor.step(into: &payload) {
            let id = RecordCommon(of: payload.span).type
            guard let event = engine.catalogue.snapshot.event(id: id) else { continue }
            var line = ByteBuffer()
            line.append("\(header.timestamp) \(event.name): ")
            try event.parsedFormat().append(printOf: payload.span, to: &line)
            lines.append(line.text)
        }
        return lines
    }
}
