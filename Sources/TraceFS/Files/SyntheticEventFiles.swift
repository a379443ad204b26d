internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine

/// The file `synthetic_events`: events that histograms record.
enum SyntheticEventFiles {
    static func list(of engine: TraceEngine, _ owned: OwnedEvents) -> File<TraceInstance> {
        .attribute(
            mode: 0o640,
            summary: "Events recorded by histograms; NAME TYPE FIELD; … adds, !NAME removes, truncation removes all.",
            value: { _ in .list(engine.syntheticEvents.map { .text($0) }) },
            write: { _, bytes, request throws(Failure) in
                if !request.appends {
                    try FilterFiles.refusing { () throws(FilterRefusal) in try engine.removeSyntheticEvents() }
                }
                try Lines.forEach(in: bytes) { line throws(Failure) in
                    let line = withoutComment(line)
                    try define(in: engine, owned, for: request.owner) { () throws(FilterRefusal) in
                        try engine.changeSyntheticEvents(line)
                    }
                }
            },
            releases: { Lines.onlyRemove($0, marks: [0x21]) }, parameters: [.owner])
    }

    /// Takes a line, whose event, if it defines one, is to go with an owner.
    static func define(
        in engine: TraceEngine, _ owned: OwnedEvents, for owner: Owner?,
        _ change: () throws(FilterRefusal) -> TraceEvent?
    ) throws(Failure) {
        try owned.define(
            for: owner, in: engine,
            { () throws(Failure) in
                var event: TraceEvent?
                try FilterFiles.refusing { () throws(FilterRefusal) in event = try change() }
                return event.map { ($0, true) }
            }, dismiss: { event in try? engine.dismissSyntheticEvent(event) })
    }

    /// What stands before `#`.
    @_lifetime(copy line)
    static func withoutComment(_ line: Span<UInt8>) -> Span<UInt8> {
        line.extracting(0..<(line.firstIndex(of: 0x23) ?? line.count)).trimmed
    }

    /// The lines that `dynamic_events` shows of them: `s:synthetic/NAME<tab>TYPE FIELD; …`.
    static func dynamicLines(of engine: TraceEngine) -> [String] {
        engine.syntheticEvents.map { "s:\(TraceEngine.syntheticSystem)/" + $0 }
    }
}
