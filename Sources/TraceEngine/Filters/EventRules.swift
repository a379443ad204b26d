/// What an instance asks of the records of some of its events, as writers see it.
///
/// Immutable: a change makes another. A bit an event id says whether there is a rule, and how many bits are set before
/// it says which, so that an instance with one filter among 2,300 events keeps 400 bytes, and a look-up is two loads.
@safe final class EventRules: @unchecked Sendable {
    // Sendable: everything in it is immutable; the borrowed filters are kept by the owned ones.

    /// What there is for one event: a filter alone, or a filter among other things.
    enum Entry {
        case filter(Filter)
        case rule(EventRule)
    }

    private let words: [UInt64]
    /// How many bits are set in the words before each.
    private let ranks: [Int32]
    /// Keeps what ``filters`` borrows.
    private let entries: [Entry]
    /// One a set bit, nil where it is a rule. Without ownership: a reference taken and given back would cost more than
    /// most filters.
    private let filters: [Unmanaged<Filter>?]
    private let tracing: TracingSwitch
    private let tasks: SavedTasks

    /// The rules of an instance; nil where there are none.
    ///
    /// - Parameters:
    ///   - entries: by event id.
    ///   - tracing: whether the instance takes records.
    ///   - tasks: who knows the names of tasks.
    init?(_ entries: [UInt16: Entry], tracing: TracingSwitch, tasks: SavedTasks) {
        guard let highest = entries.keys.max() else { return nil }
        var words = [UInt64](repeating: 0, count: Int(highest) / 64 + 1)
        for id in entries.keys { words[Int(id) / 64] |= 1 << UInt64(id % 64) }
        var sum: Int32 = 0
        ranks = words.map { word in
            defer { sum += Int32(word.nonzeroBitCount) }
            return sum
        }
        self.words = words
        self.entries = entries.sorted { $0.key < $1.key }.map(\.value)
        unsafe filters = self.entries.map { entry in
            if case .filter(let filter) = entry { return unsafe Unmanaged.passUnretained(filter) }
            return nil
        }
        self.tracing = tracing
        self.tasks = tasks
    }

    /// What becomes of a record, after the triggers that it pulls before it is written.
    ///
    /// - Parameters:
    ///   - event: its event.
    ///   - pid: its task.
    ///   - payload: its bytes, of which the first eight need not be filled.
    ///   - cpu: its CPU.
    ///   - isTracepoint: whether the event really happened, and was not injected.
    ///   - flags: the kernel's flags and preemption count.
    ///   - source: whose task it is.
    /// - Returns: whether to write it, and whether ``pullLater(_:pid:payload:cpu:flags:source:)`` is to be called then.
    @inline(never)
    func verdict(
        _ event: UInt16, pid: Int32, payload: Span<UInt8>, cpu: Int, isTracepoint: Bool = true, flags: UInt16 = 0,
        source: TraceSource = .local
    ) -> RecordVerdict {
        guard let index = index(of: event) else { return tracing.isOn ? .write : .discard }
        if let filter = unsafe filters[index] {
            guard tracing.isOn else { return .discard }
            return unsafe filter._withUnsafeGuaranteedRef { filter in
                let subject = FilterSubject(
                    payload, common: CommonHeader.of(event, pid: pid, flags: flags), cpu: cpu,
                    comm: filter.asksComm ? words(ofTask: pid, source) : (0, 0))
                return filter.matches(subject) ? .write : .discard
            }
        }
        guard case .rule(let rule) = entries[index] else { return .discard }
        let subject = FilterSubject(
            payload, common: CommonHeader.of(event, pid: pid, flags: flags), cpu: cpu,
            comm: rule.asksComm ? words(ofTask: pid, source) : (0, 0))
        return rule.verdict(subject, tracing, isTracepoint: isTracepoint)
    }

    /// Pulls the triggers that wait until a record is written.
    func pullLater(
        _ event: UInt16, pid: Int32, payload: Span<UInt8>, cpu: Int, flags: UInt16 = 0, source: TraceSource = .local
    ) {
        guard let index = index(of: event), case .rule(let rule) = entries[index] else { return }
        let subject = FilterSubject(
            payload, common: CommonHeader.of(event, pid: pid, flags: flags), cpu: cpu,
            comm: rule.asksComm ? words(ofTask: pid, source) : (0, 0))
        rule.pullLater(subject, tracing)
    }

    /// Whether there is a rule for an event.
    func has(_ event: UInt16) -> Bool { index(of: event) != nil }

    @inline(__always)
    private func index(of event: UInt16) -> Int? {
        let place = Int(event / 64)
        let bit: UInt64 = 1 << UInt64(event % 64)
        guard place < words.count, words[place] & bit != 0 else { return nil }
        return Int(ranks[place]) + (words[place] & (bit - 1)).nonzeroBitCount
    }

    /// A task's name. The table's lock is a leaf, and may be taken under the lane's.
    private func words(ofTask pid: Int32, _ source: TraceSource) -> (UInt64, UInt64) {
        FilterSubject.words(of: tasks.comm(forPID: pid, source: source))
    }
}
