internal import Bytes
internal import PseudoFS
internal import TraceEngine

/// The file `hist` of an event: what its histogram triggers have counted.
enum HistogramFiles {
    static let ofEvent = File<EventContext>.attribute(
        mode: 0o440, summary: "What the event's histogram triggers have counted, in their order.",
        value: { context in .list(context.instance.histograms(of: context.event).map(value)) },
        text: { context, out throws(Failure) in context.instance.appendHistograms(of: context.event, to: &out) },
        exists: { $0.event.isEnableable || ($0.event.system == FtraceFiles.system && $0.event.name == "print") })

    private static func value(of report: HistogramReport) -> Value {
        .record([
            .init("trigger", .text(report.trigger)), .init("paused", .boolean(report.isPaused)),
            .init("size", .unsigned(UInt64(report.size))), .init("entries", .list(report.entries.map(value))),
            .init(
                "totals",
                .record([
                    .init("hits", .unsigned(report.hits)), .init("entries", .unsigned(UInt64(report.entries.count))),
                    .init("dropped", .unsigned(report.drops)),
                ])),
        ])
    }

    private static func value(of entry: HistogramReport.Entry) -> Value {
        var members: [Value.Member] = [
            .init("keys", .record(entry.keys.map(member))), .init("values", .record(entry.values.map(member))),
        ]
        if !entry.kept.isEmpty { members.append(.init("kept", .record(entry.kept.map(member)))) }
        return .record(members)
    }

    private static func member(_ member: HistogramReport.Member) -> Value.Member {
        let value: Value =
            switch member.cell {
            case .unsigned(let number): .unsigned(number)
            case .signed(let number): .integer(number)
            case .text(let bytes): .text(String(repairing: bytes.span))
            case .range(let from, let to): .record([.init("from", .unsigned(from)), .init("to", .unsigned(to))])
            }
        return .init(member.name, value)
    }
}
