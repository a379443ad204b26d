internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine

/// The files through which programs bring their own events: `dynamic_events`, `user_events_status`,
/// `user_events_data`.
struct UserEventFiles {
    let traceEngine: TraceEngine
    let userEvents: UserEvents
    let owned: OwnedEvents

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
                try Lines.forEach(in: bytes) { line throws(Failure) in try command(line, for: request.owner) }
            },
            releases: { Lines.onlyRemove($0, marks: [0x2D, 0x21]) }, parameters: [.owner])
    }

    private func command(_ text: Span<UInt8>, for owner: Owner?) throws(Failure) {
        if text[0] == 0x23 { return }
        if text.starts(with: "-:") || text.starts(with: "!u:") {
            let named = text.extracting((text[0] == 0x2D ? 2 : 3)..<text.count)
            if text[0] == 0x2D, try removeSynthetic(named) { return }
            try refusing { () throws(UserEvents.Refusal) in try userEvents.remove(named) }
        } else if text.starts(with: "u:") {
            try define(text, for: owner)
        } else if text.starts(with: "s:") {
            try SyntheticEventFiles.define(in: traceEngine, owned, for: owner) { () throws(FilterRefusal) in
                try traceEngine.defineDynamicSyntheticEvent(text)
            }
        } else {
            throw Failure(
                .invalidArgument, "a line is u:SYSTEM/NAME TYPE FIELD; …, s:NAME TYPE FIELD; … or -:SYSTEM/NAME",
                subject: .content)
        }
    }

    private func define(_ text: Span<UInt8>, for owner: Owner?) throws(Failure) {
        try owned.define(
            for: owner, in: traceEngine,
            { () throws(Failure) in
                do throws(UserEvents.Refusal) { return try userEvents.define(text) } catch {
                    throw Failure(error.errno, error.reason, subject: .content)
                }
            }, dismiss: { [userEvents] event in try? userEvents.dismiss(event) })
    }

    /// Removes a synthetic event, if it is one: `[synthetic/]NAME`, and what stands behind it.
    private func removeSynthetic(_ text: Span<UInt8>) throws(Failure) -> Bool {
        let name = text.extracting(0..<(text.indices.first { text[$0] == 0x20 || text[$0] == 0x09 } ?? text.count))
        let slash = name.firstIndex(of: 0x2F)
        let system = slash.map { String(repairing: name.extracting(0..<$0)) }
        let event = String(repairing: name.extracting((slash.map { $0 + 1 } ?? 0)..<name.count))
        guard system ?? TraceEngine.syntheticSystem == TraceEngine.syntheticSystem,
            traceEngine.hasSyntheticEvent(named: event)
        else { return false }
        try FilterFiles.refusing { () throws(FilterRefusal) in try traceEngine.removeSyntheticEvent(named: event) }
        return true
    }

    private func refusing(_ body: () throws(UserEvents.Refusal) -> Void) throws(Failure) {
        do throws(UserEvents.Refusal) { try body() } catch {
            throw Failure(error.errno, error.reason, subject: .content)
        }
    }

    // MARK: user_events_status

    /// Which events are wanted: a program asks once, watches, and sends nothing while nobody listens.
    var status: File<TraceInstance> {
        .attribute(
            mode: 0o440, summary: "Which user events are wanted, and by how many instances.",
            value: { [userEvents] _ in Self.value(of: userEvents.statuses) },
            text: { [userEvents] _, out in Self.append(userEvents.statuses, to: &out) },
            watch: { [userEvents] _ in userEvents.watch() })
    }

    private static func value(of statuses: [UserEvents.Status]) -> Value {
        let events = statuses.map { status -> Value in
            .record([
                .init("name", .text("\(status.system)/\(status.name)")), .init("id", .unsigned(UInt64(status.id))),
                .init("enabled", .unsigned(UInt64(status.enabledCount))),
                .init("used_by", .list(status.enabledCount > 0 ? [.text("ftrace")] : [])),
            ])
        }
        return .record([
            .init("active", .unsigned(UInt64(statuses.count))),
            .init("busy", .unsigned(UInt64(statuses.count { $0.enabledCount > 0 }))), .init("events", .list(events)),
        ])
    }

    /// The kernel's text: `order # Used by ftrace`, one a line, an empty line, and how many there are.
    private static func append(_ statuses: [UserEvents.Status], to out: inout ByteBuffer) {
        for status in statuses {
            out.append(status.shownName)
            if status.enabledCount > 0 { out.append(" # Used by ftrace") }
            out.append(0x0A)
        }
        out.append("\nActive: ")
        out.append(decimal: statuses.count)
        out.append("\nBusy: ")
        out.append(decimal: statuses.count { $0.enabledCount > 0 })
        out.append(0x0A)
    }

    // MARK: user_events_data

    var data: File<TraceInstance> {
        .sink(
            mode: 0o220,
            summary: "Events, a line of JSON each or packed, recorded into every instance where they are enabled.",
            bodyForms: [.events],
            write: { [traceEngine] _, bytes, request throws(Failure) in
                let caller = request.caller
                do throws(PostRefusal) {
                    if request.form == .events {
                        try traceEngine.post(packed: bytes, by: caller.task, lane: caller.cpu)
                    } else {
                        try traceEngine.post(lines: bytes, by: caller.task, lane: caller.cpu)
                    }
                } catch {
                    let isPacked = request.form == .events
                    throw Failure(
                        error.errno, error.reason, subject: .content, line: isPacked ? nil : error.number,
                        written: error.written, record: isPacked && error.number > 0 ? error.number : nil,
                        offset: error.offset)
                }
            })
    }
}
