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
            mode: 0o640,
            summary: "Events defined by programs; u:SYSTEM/NAME TYPE FIELD; … adds, -:SYSTEM/NAME removes.",
            value: { [userEvents, traceEngine] _ in
                let lines = userEvents.definitions + SyntheticEventFiles.dynamicLines(of: traceEngine)
                return .list(lines.map { .text($0) })
            },
            write: { [self] _, bytes, request throws(Failure) in
                if !request.appends {
                    try FilterFiles.refusing { () throws(FilterRefusal) in try traceEngine.removeSyntheticEvents() }
                    try refusing { () throws(UserEvents.Refusal) in try userEvents.removeAll() }
                }
                try Lines.forEach(in: bytes) { line throws(Failure) in try command(line) }
            },
            releases: { bytes in bytes.trimmed.isEmpty || bytes.trimmed[0] == 0x2D })
    }

    private func command(_ text: Span<UInt8>) throws(Failure) {
        if text[0] == 0x23 { return }
        if text.starts(with: "-:") {
            let name = text.extracting(2..<text.count)
            let slash = name.firstIndex(of: 0x2F)
            let system = slash.map { String(repairing: name.extracting(0..<$0)) }
            let event = String(repairing: name.extracting((slash.map { $0 + 1 } ?? 0)..<name.count))
            if system == TraceEngine.syntheticSystem {
                return try FilterFiles.refusing { () throws(FilterRefusal) in
                    try traceEngine.removeSyntheticEvent(named: event)
                }
            }
            try refusing { () throws(UserEvents.Refusal) in try userEvents.remove(system: system, name: event) }
        } else if text.starts(with: "u:") {
            try refusing { () throws(UserEvents.Refusal) in try userEvents.define(text) }
        } else if text.starts(with: "s:") {
            try FilterFiles.refusing { () throws(FilterRefusal) in try traceEngine.defineDynamicSyntheticEvent(text) }
        } else {
            throw Failure(
                .invalidArgument, "a line is u:SYSTEM/NAME TYPE FIELD; …, s:NAME TYPE FIELD; … or -:SYSTEM/NAME",
                subject: .content)
        }
    }

    private func refusing(_ body: () throws(UserEvents.Refusal) -> Void) throws(Failure) {
        do throws(UserEvents.Refusal) { try body() } catch {
            throw Failure(error.errno, error.reason, subject: .content)
        }
    }

    // MARK: user_events_data

    var data: File<TraceInstance> {
        .sink(
            mode: 0o220, summary: "NDJSON, an event a line, recorded into every instance where the event is enabled.",
            write: { [self] _, bytes, request throws(Failure) in
                try Lines.forEach(in: bytes) { line throws(Failure) in try publish(line, request.caller) }
            })
    }

    private func publish(_ text: Span<UInt8>, _ caller: Caller) throws(Failure) {
        let posted: PostedEvent
        do throws(JSONError) {
            posted = try PostedEvent(text)
        } catch {
            throw Failure(.invalidArgument, "at byte \(error.offset): \(error.reason)", subject: .content)
        }
        guard let event = self.event(named: posted.event.utf8Span.span) else {
            throw Failure(.noSuchFileOrDirectory, "there is no event \(posted.event)", subject: .content)
        }
        guard event.isWanted else { return }
        let task = TraceTask(pid: posted.pid ?? caller.pid, comm: posted.comm ?? caller.comm)
        let common = RecordCommon(type: event.id, pid: task.pid)
        let format = try descriptions.description(of: event).format
        let record = try encode { () throws(RecordError) in try format.encode(posted.fields, common: common) }
        do throws(Errno) {
            try traceEngine.publish(
                event, payload: record.span, task: task, lane: posted.cpu ?? caller.cpu, timestamp: posted.timestamp)
        } catch {
            throw Failure(error, reason(notRecorded: error), subject: .content)
        }
    }

    private func event(named name: Span<UInt8>) -> TraceEvent? {
        guard let slash = name.firstIndex(of: 0x2F) else { return nil }
        let found = traceEngine.catalogue.snapshot.event(
            system: name.extracting(0..<slash), name: name.extracting((slash + 1)..<name.count))
        return found?.isEnableable == true ? found : nil
    }
}
