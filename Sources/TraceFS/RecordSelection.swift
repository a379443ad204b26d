internal import PseudoFS
internal import SystemPackage
internal import TraceEngine

/// Which records a reader wants: `?since=`, `?event=` and `?count=`.
struct RecordSelection: Sendable {
    /// The time of the first record that is wanted, ns.
    let since: UInt64
    /// How many at most, the oldest of what else fits.
    let countMax: UInt64
    /// Which events; empty for all.
    private let patterns: [EventPattern]

    /// What a request can say of it.
    static let parameters = [
        Parameter("since", .integer(0...UInt64.max), summary: "Only events from this timestamp_ns on."),
        Parameter("event", .names, summary: "Only these events: sched/*, */order_*, sched_switch."),
        Parameter("count", .integer(1...UInt64.max), summary: "At most so many events, the oldest first."),
    ]

    /// Reads what a request says.
    ///
    /// - Throws: EINVAL for a pattern that names no event.
    init(_ arguments: Arguments) throws(Failure) {
        since = arguments.integer("since") ?? 0
        countMax = arguments.integer("count") ?? .max
        var patterns: [EventPattern] = []
        for text in (arguments.name("event") ?? "").split(separator: ",") {
            guard let pattern = EventPattern(Array(text.utf8).span) else {
                throw Failure(.invalidArgument, "the parameter \"event\" is SYSTEM/EVENT or EVENT, with wildcards")
            }
            patterns.append(pattern)
        }
        self.patterns = patterns
    }

    /// Whether records of all events are wanted.
    var isEveryEvent: Bool { patterns.isEmpty }

    /// Whether records of an event are wanted; of one that is gone they are where nobody asks for some.
    func includes(_ event: TraceEvent?) -> Bool {
        if patterns.isEmpty { return true }
        guard let event else { return false }
        return patterns.contains { $0.matches(system: event.system, name: event.name) }
    }
}
