internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine
internal import TraceOutput

/// The files through which programs bring their own events: `dynamic_events` and `user_events_data`.
struct UserEventFiles {
    let traceEngine: TraceEngine
    let userEvents: UserEvents
    let descriptions: EventDescriptions

    // MARK: dynamic_events

    var dynamicEvents: File<TraceInstance> {
        .attribute(
            mode: 0o640, summary: "Events defined by programs; u:SYSTEM/NAME TYPE FIELD; … adds, -:SYSTEM/NAME removes.",
            value: { [userEvents] _ in .list(userEvents.definitions.map { .text($0) }) },
            write: { [self] _, bytes, request throws(Failure) in
                if !request.appends { try refusing { () throws(UserEvents.Refusal) in try userEvents.removeAll() } }
                var lines = Lines(bytes)
                while let line = lines.next() { try command(bytes.extracting(line.range).trimmed, line: line.number) }
            },
            releases: { bytes in bytes.trimmed.isEmpty || bytes.trimmed[0] == 0x2D })
    }

    private func command(_ text: Span<UInt8>, line: Int) throws(Failure) {
        if text.isEmpty || text[0] == 0x23 { return }
        if text.starts(with: "-:") {
            let name = text.extracting(2..<text.count)
            let slash = name.firstIndex(of: 0x2F)
            let system = slash.map { String(repairing: name.extracting(0..<$0)) }
            let event = String(repairing: name.extracting((slash.map { $0 + 1 } ?? 0)..<name.count))
            try refusing(line: line) { () throws(UserEvents.Refusal) in try userEvents.remove(system: system, name: event) }
        } else if text.starts(with: "u:") {
            let definition = text
            do throws(UserEvents.Refusal) {
                try userEvents.define(definition)
            } catch {
                throw Failure(error, line: line)
            }
        } else {
            throw Failure(
                .invalidArgument, "a line is u:SYSTEM/NAME TYPE FIELD; … or -:SYSTEM/NAME", subject: .content, line: line,
                written: line - 1)
        }
    }

    private func refusing(line: Int? = nil, _ body: () throws(UserEvents.Refusal) -> Void) throws(Failure) {
        do throws(UserEvents.Refusal) { try body() } catch { throw Failure(error, line: line) }
    }

    // MARK: user_events_data

    var data: File<TraceInstance> {
        .sink(
            mode: 0o220, summary: "NDJSON, an event a line, recorded into every instance where the event is enabled.",
            write: { [self] _, bytes, request throws(Failure) in
                var lines = Lines(bytes)
                while let line = lines.next() {
                    let text = bytes.extracting(line.range)
                    if text.trimmed.isEmpty { continue }
                    try publish(text, line: line.number, request.caller)
                }
            })
    }

    private func publish(_ text: Span<UInt8>, line: Int, _ caller: Caller) throws(Failure) {
        var posted: PostedEvent
        do throws(JSONError) {
            posted = try PostedEvent(text)
        } catch {
            throw Failure(
                .invalidArgument, "at byte \(error.offset): \(error.reason)", subject: .content, line: line, written: line - 1)
        }
        let name = posted.event.utf8Span.span
        guard let slash = name.firstIndex(of: 0x2F),
            let event = traceEngine.catalogue.snapshot.event(
                system: name.extracting(0..<slash), name: name.extracting((slash + 1)..<name.count)),
            event.isEnableable
        else {
            throw Failure(
                .noSuchFileOrDirectory, "there is no event \(posted.event)", subject: .content, line: line, written: line - 1)
        }
        guard event.isWanted else { return }
        let task = TraceTask(pid: posted.pid ?? caller.pid, comm: posted.comm ?? caller.comm)
        let common = RecordCommon(type: event.id, pid: task.pid)
        let format = try descriptions.description(of: event).format
        let fields = posted.fields
        let record = try encode(line: line) { () throws(RecordError) in try format.encode(fields, common: common) }
        do throws(Errno) {
            try traceEngine.publish(
                event, payload: record.span, task: task, lane: posted.cpu ?? caller.cpu, timestamp: posted.timestamp)
        } catch {
            throw Failure(error, reason(notRecorded: error), subject: .content, line: line, written: line - 1)
        }
    }
}

extension Failure {
    /// What the registry of user events refused.
    fileprivate init(_ refusal: UserEvents.Refusal, line: Int?) {
        self.init(refusal.errno, refusal.reason, subject: .content, line: line, written: line.map { $0 - 1 })
    }
}
