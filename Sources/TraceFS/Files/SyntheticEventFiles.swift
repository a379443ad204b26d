internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine

/// The file `synthetic_events`: events that histograms record.
enum SyntheticEventFiles {
    static func list(of engine: TraceEngine) -> File<TraceInstance> {
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
                    try FilterFiles.refusing { () throws(FilterRefusal) in try engine.changeSyntheticEvents(line) }
                }
            },
            releases: { bytes in bytes.trimmed.isEmpty || bytes.trimmed[0] == 0x21 })
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
