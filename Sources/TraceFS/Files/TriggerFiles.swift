internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine

/// The file `trigger` of an event: what its records set off.
enum TriggerFiles {
    static let ofEvent = File<EventContext>.attribute(
        mode: 0o640,
        summary:
            "What the event sets off, the newest first; a write adds COMMAND[:COUNT][ if FILTER] or hist:…, ! removes.",
        value: { context in
            var out = ByteBuffer()
            context.instance.appendTriggers(of: context.event, to: &out)
            return .list(lines(of: out.span).map { .text($0) })
        },
        members: { _ in [.init("available", .list(TraceInstance.triggerNames.map { .text($0) }))] },
        text: { context, out throws(Failure) in
            guard !context.instance.hasTriggers(context.event) else {
                return context.instance.appendTriggers(of: context.event, to: &out)
            }
            out.append("# Available triggers:\n#")
            for name in TraceInstance.triggerNamesInHead {
                out.append(0x20)
                out.append(name)
            }
            out.append(0x0A)
        },
        write: { context, bytes, request throws(Failure) in
            // Truncation removes histograms, and no other trigger.
            if !request.appends { context.instance.removeHistograms(of: context.event) }
            try FilterFiles.refusing { () throws(FilterRefusal) in
                try context.instance.addTrigger(bytes, of: context.event)
            }
        },
        holds: { $0.instance.hasTriggers($0.event) },
        releases: { $0.trimmed.isEmpty || $0.trimmed[0] == 0x21 },
        // Markers are recorded by no tracepoint, and pull triggers all the same.
        exists: { $0.event.isEnableable || ($0.event.system == FtraceFiles.system && $0.event.name == "print") })

    /// The lines, which a filter with newlines in it makes more than there are triggers.
    private static func lines(of text: Span<UInt8>) -> [String] {
        String(repairing: text).split(separator: "\n").map(String.init)
    }
}
