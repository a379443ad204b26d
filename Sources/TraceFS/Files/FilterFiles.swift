internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine

/// The files that hold conditions: `filter` of an event and of a system; and `error_log`, which says why one was refused.
enum FilterFiles {
    /// `filter` of an event.
    static let ofEvent = File<EventContext>.attribute(
        mode: 0o640, summary: "What a record must pass to be recorded; 0 lets all pass, none is shown where all do.",
        value: { context in
            context.instance.filterText(of: context.event).map { .text(String(repairing: $0.span)) } ?? .null
        },
        text: { context, out throws(Failure) in
            if let text = context.instance.filterText(of: context.event) {
                out.append(text.span)
            } else {
                out.append("none")
            }
            out.append(0x0A)
        },
        write: { context, bytes, _ throws(Failure) in
            try refusing { () throws(FilterRefusal) in try context.instance.setFilter(bytes, of: context.event) }
        },
        holds: { $0.instance.filterText(of: $0.event) != nil }, releases: { $0.trimmed.equals("0") },
        exists: { $0.event.isEnableable })

    private static let help = """
        ### global filter ###
        # Use this to set filters for multiple events.
        # Only events with the given fields will be affected.
        # If no events are modified, an error message will be displayed here
        """

    /// `filter` of a system, which shows how it is used and never what was written.
    static func ofSystem(in catalogue: EventCatalogue) -> File<SystemContext> {
        .attribute(
            mode: 0o640, summary: "A filter for all events of the system that have its fields; 0 clears them all.",
            value: { _ in .text(help) },
            write: { context, bytes, _ throws(Failure) in
                guard let system = catalogue.snapshot.system(named: context.directory.name.utf8Span.span) else {
                    throw Failure(.operationNotSupportedByDevice, "the system's last event was removed")
                }
                try refusing { () throws(FilterRefusal) in try context.instance.setFilter(bytes, of: system) }
            },
            releases: { $0.trimmed.equals("0") }, exists: { $0.directory.name != FtraceFiles.system })
    }

    /// `error_log`
    static let errorLog = File<TraceInstance>.attribute(
        mode: 0o640, summary: "The last eight commands that were refused; a write with truncation forgets them.",
        value: { .list($0.errorLog.entries.map(value)) },
        text: { context, out throws(Failure) in context.errorLog.append(to: &out) },
        write: { context, _, request throws(Failure) in
            if !request.appends { context.clearErrorLog() }
        },
        releases: { _ in true })

    private static func value(of entry: ErrorLog.Entry) -> Value {
        .record([
            .init("timestamp_ns", .unsigned(entry.timestamp)), .init("place", .text(entry.place)),
            .init("message", .text(entry.message)), .init("command", .text(String(repairing: entry.command.span))),
            .init("position", .unsigned(UInt64(entry.position))),
        ])
    }

    /// Says a refusal as a failure of what was written.
    static func refusing(_ body: () throws(FilterRefusal) -> Void) throws(Failure) {
        do throws(FilterRefusal) { try body() } catch {
            let isAboutNode = error.errno == .operationNotSupportedByDevice || error.errno == .noMemory
            throw Failure(error.errno, error.reason, subject: isAboutNode ? .node : .content)
        }
    }
}
