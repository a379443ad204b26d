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
    /// Whose records are taken; nil is everybody's.
    private let listened: TaskFilter?
    /// What is recorded behind each event, by type.
    private let stacks: [UInt16]

    /// The rules of an instance; nil where there are none.
    ///
    /// - Parameters:
    ///   - entries: by event id.
    ///   - tracing: whether the instance takes records.
    ///   - tasks: who knows the names of tasks.
    ///   - listened: whose records are taken; nil is everybody's.
    ///   - stacks: types of the records that stand behind each event's.
    init?(
        _ entries: [UInt16: Entry], tracing: TracingSwitch, tasks: SavedTasks, listened: TaskFilter? = nil,
        stacks: [UInt16] = []
    ) {
        if entries.isEmpty, listened == nil, stacks.isEmpty { return nil }
        let highest = entries.keys.max() ?? 0
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
        self.listened = listened
        self.stacks = stacks
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
    ///   - notes: the record's time, and what is to be published behind it.
    /// - Returns: whether to write it, and whether ``pullLater(_:pid:payload:cpu:flags:source:)`` is to be called then.
    @inline(never)
    func verdict(
        _ event: UInt16, pid: Int32, payload: Span<UInt8>, cpu: Int, isTracepoint: Bool = true, flags: UInt16 = 0,
        source: TraceSource = .local, _ notes: inout PullNotes
    ) -> RecordVerdict {
        if let listened, event >= FtraceEvent.end, listened.ignores(pid) {
            return ignored(event, isTracepoint: isTracepoint)
        }
        guard let index = index(of: event) else { return tracing.isOn ? written(event) : .discard }
        if let filter = unsafe filters[index] {
            guard tracing.isOn else { return .discard }
            return unsafe filter._withUnsafeGuaranteedRef { filter in
                let subject = FilterSubject(
                    payload, common: CommonHeader.of(event, pid: pid, flags: flags), cpu: cpu,
                    comm: filter.asksComm ? words(ofTask: pid, source) : (0, 0))
                return filter.matches(subject) ? written(event) : .discard
            }
        }
        guard case .rule(let rule) = entries[index] else { return .discard }
        let subject = FilterSubject(
            payload, common: CommonHeader.of(event, pid: pid, flags: flags), cpu: cpu,
            comm: rule.asksComm ? words(ofTask: pid, source) : (0, 0))
        let verdict = rule.verdict(subject, tracing, isTracepoint: isTracepoint, &notes)
        return verdict == .write ? written(event) : verdict
    }

    /// What becomes of a record that nothing speaks against.
    @inline(__always)
    private func written(_ event: UInt16) -> RecordVerdict {
        stacks.isEmpty || event < FtraceEvent.end ? .write : .writeThenMore
    }

    /// What becomes of a record of a task that the instance does not listen to.
    private func ignored(_ event: UInt16, isTracepoint: Bool) -> RecordVerdict {
        if isTracepoint, let index = index(of: event), case .rule(let rule) = entries[index] {
            rule.pullByIgnored(tracing)
        }
        return .discard
    }

    /// Writes the records that the options `stacktrace` and `userstacktrace` have stand behind an event's.
    ///
    /// - Returns: who is to be woken, under no lock.
    func writeStacks(behind event: UInt16, pid: Int32, time: UInt64, into ring: RingBuffer) -> WaitingReaders? {
        guard event >= FtraceEvent.end else { return nil }
        var waiting: WaitingReaders?
        for stack in stacks { waiting = Self.write(stack: stack, pid: pid, time: time, into: ring) }
        return waiting
    }

    /// Writes the record of a stack. Who writes here has no kernel stack, and a client's is not known: it holds no
    /// callers.
    ///
    /// - Returns: who is to be woken, under no lock.
    static func write(stack: UInt16, pid: Int32, time: UInt64, into ring: RingBuffer) -> WaitingReaders? {
        var payload = InlineArray<80, UInt8>(repeating: 0)
        // Of the kernel's stack the number of callers, 0; of a task's its thread group, and room for eight.
        let isOfTask = stack == FtraceEvent.userStack
        if isOfTask {
            for index in 0..<4 { payload[8 + index] = UInt8(truncatingIfNeeded: pid >> Int32(index * 8)) }
        }
        return ring.writeQuietly(
            timestamp: time, isGiven: true, common: CommonHeader.of(stack, pid: pid),
            payload: payload.span.extracting(0..<(isOfTask ? 80 : 16))
        ).waiting
    }

    /// Pulls the triggers that wait until a record is written.
    ///
    /// - Returns: whether a stack is to be recorded.
    func pullLater(
        _ event: UInt16, pid: Int32, payload: Span<UInt8>, cpu: Int, flags: UInt16 = 0, source: TraceSource = .local
    ) -> Bool {
        guard let index = index(of: event), case .rule(let rule) = entries[index] else { return false }
        let subject = FilterSubject(
            payload, common: CommonHeader.of(event, pid: pid, flags: flags), cpu: cpu,
            comm: rule.asksComm ? words(ofTask: pid, source) : (0, 0))
        return rule.pullLater(subject, tracing)
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
