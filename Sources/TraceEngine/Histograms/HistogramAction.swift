/// What a histogram does at some of its hits: `onmatch(sched.sched_waking).trace(latency,$lat,pid)`.
struct HistogramAction: Sendable {
    /// When.
    enum Handler: Sendable, Equatable {
        /// Whenever all variables had values.
        case onMatch(system: String, event: String)
        /// Where a variable exceeds all it had been under the key.
        case onMax(String)
        /// Where a variable is not what it was under the key.
        case onChange(String)
    }

    /// What.
    enum Kind: Sendable { case save, trace, snapshot }

    var handler: Handler
    var kind: Kind
    /// As it was written: `trace`, or the name of a synthetic event.
    var name: String
    /// Whether the synthetic event is the first parameter.
    var namesEvent: Bool { kind == .trace && name.hasPrefix("trace") }
    /// The synthetic event where it is the first parameter.
    var eventName: String?
    /// As they were written.
    var parameters: [String]

    // MARK: found out when the histogram is made

    /// The variable that is looked at, and the one that keeps what it was: the reference, and the slot.
    var tracked: (reference: Int, slot: Int)?
    /// Where each parameter of the synthetic event comes from.
    var sources: [Source] = []
    /// What is recorded.
    var synthetic: SyntheticEvent?
    /// What takes the snapshots.
    var snapshot: HistogramSnapshot?

    /// Where a parameter comes from.
    struct Source: Sendable {
        /// The place among the references.
        let reference: Int
        /// Whether it is text.
        let isText: Bool
    }

    /// Whether two triggers mean the same by it.
    func isSame(as other: HistogramAction) -> Bool {
        handler == other.handler && kind == other.kind && parameters == other.parameters
            && (namesEvent ? eventName : name) == (other.namesEvent ? other.eventName : other.name)
    }
}

/// A variable that a trigger asks for.
struct HistogramReference: Sendable {
    /// Whose it is; nil is the trigger's own.
    let owner: Histogram?
    /// The variable, with its place among its owner's.
    let variable: HistogramField
    /// How it is named.
    let field: HistogramField
    /// Whether asking takes the value away.
    var isReadOnce = false
}
