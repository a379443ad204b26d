internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine

/// The files that list events: `set_event` of an instance, `available_events` of them all.
enum EventListFiles {
    static let setEvent = File<TraceInstance>.attribute(
        mode: 0o640, summary: "The enabled events; a write enables more, a write with truncation only those.",
        value: { .list(names(of: $0.enabledEvents)) },
        write: { context, bytes, request throws(Failure) in
            if !request.appends { try engine { () throws(Errno) in try context.clearEvents() } }
            try engine(.content, { $0 == .invalidArgument ? "a name is no event or system" : $0.description }) {
                () throws(Errno) in try context.addEvents(bytes)
            }
        },
        holds: { $0.enabledCount > 0 },
        releases: { Lines.onlyRemove($0, marks: [0x21], separators: [0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x20]) })

    static func availableEvents(in engine: TraceEngine) -> File<TraceInstance> {
        .attribute(
            mode: 0o440, summary: "All events that can be enabled.",
            value: { _ in
                engine.lookForEvents()
                return .list(names(of: engine.catalogue.snapshot.eventsInOrder))
            })
    }

    private static func names(of events: [TraceEvent]) -> [Value] {
        events.map { .text($0.system + ":" + $0.name) }
    }
}
