internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine

/// The files that switch things on and off: `tracing_on` and `enable` at its three levels.
enum SwitchFiles {
    static let tracingOn = File<TraceInstance>.attribute(
        mode: 0o640, summary: "Whether records are taken: 0 stops recording without disabling any event.",
        value: { .boolean($0.tracingOn) },
        write: { context, bytes, _ throws(Failure) in context.tracingOn = try KernelNumber.unsigned(bytes) != 0 },
        releases: KernelNumber.isZero)

    static let enableEvent = File<EventContext>.attribute(
        mode: 0o640, summary: "Whether this event is recorded into this instance; a star where triggers hold it.",
        value: { .boolean($0.instance.isEnabled($0.event)) },
        members: { $0.instance.isHeld($0.event) ? [.init("soft", .boolean(true))] : [] },
        text: { context, out throws(Failure) in
            out.append(context.instance.isEnabled(context.event) ? "1" : "0")
            out.append(context.instance.isHeld(context.event) ? "*\n" : "\n")
        },
        write: { context, bytes, _ throws(Failure) in
            let enabled = try KernelNumber.zeroOrOne(bytes)
            try engine(.node) { () throws(Errno) in try context.instance.setEnabled(context.event, enabled) }
        },
        holds: { $0.instance.isEnabled($0.event) || $0.instance.isHeld($0.event) }, releases: KernelNumber.isZero,
        exists: { $0.event.isEnableable })

    /// `enable` of a system.
    static func enableSystem(in catalogue: EventCatalogue) -> File<SystemContext> {
        @Sendable func system(_ context: SystemContext) throws(Failure) -> EventSystem {
            guard let system = catalogue.snapshot.system(named: context.directory.name.utf8Span.span) else {
                throw Failure(.operationNotSupportedByDevice, "the system's last event was removed")
            }
            return system
        }
        return .attribute(
            mode: 0o640, summary: "Whether the system's events are recorded: all, none, or null (X) for some.",
            value: { context throws(Failure) in value(of: context.instance.enableState(try system(context))) },
            text: { context, out throws(Failure) in
                append(context.instance.enableState(try system(context)), to: &out)
            },
            write: { context, bytes, _ throws(Failure) in
                let enabled = try KernelNumber.zeroOrOne(bytes)
                let system = try system(context)
                try engine(.node) { () throws(Errno) in try context.instance.setEnabled(system, enabled) }
            },
            holds: { context in (try? system(context)).map { context.instance.enableState($0) != .none } ?? false },
            releases: KernelNumber.isZero, exists: { $0.directory.name != FtraceFiles.system })
    }

    static let enableAll = File<TraceInstance>.attribute(
        mode: 0o640, summary: "Whether all events are recorded: all, none, or null (X) for some.",
        value: { value(of: $0.enableStateAll) },
        text: { context, out throws(Failure) in append(context.enableStateAll, to: &out) },
        write: { context, bytes, _ throws(Failure) in
            let enabled = try KernelNumber.zeroOrOne(bytes)
            try engine(.node) { () throws(Errno) in try context.setAllEnabled(enabled) }
        },
        holds: { $0.enableStateAll != .none }, releases: KernelNumber.isZero)

    private static func value(of state: EnableState) -> Value {
        switch state {
        case .none: .boolean(false)
        case .all: .boolean(true)
        case .mixed: .null
        }
    }

    private static func append(_ state: EnableState, to out: inout ByteBuffer) {
        switch state {
        case .none: out.append("0\n")
        case .all: out.append("1\n")
        case .mixed: out.append("X\n")
        }
    }
}
