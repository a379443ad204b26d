internal import Bytes
internal import Synchronization

/// A histogram at work on the records of one event: what a line `hist:…` of the file `trigger` is.
///
/// Immutable but for whether it is paused. Any thread; hit under a lane's lock.
final class HistogramTrigger: Sendable {
    let event: TraceEvent
    let histogram: Histogram
    private let program: HistogramProgram
    /// How variables are asked for.
    private let references: [HistogramReference]
    /// The condition as it was written behind `if `.
    let conditionText: String?
    /// Histograms made for fields of other events, which go with this one.
    let helpers: [HistogramTrigger]
    private let paused: Atomic<Bool>

    /// - Parameters:
    ///   - event: whose records it counts.
    ///   - histogram: where it counts them.
    ///   - definition: the line, with the fields of this event.
    ///   - conditionText: its condition.
    ///   - isPaused: whether it begins later.
    ///   - helpers: what goes with it.
    init(
        _ event: TraceEvent, _ histogram: Histogram, _ definition: HistogramDefinition, conditionText: String?,
        isPaused: Bool, helpers: [HistogramTrigger]
    ) {
        self.event = event
        self.histogram = histogram
        program = HistogramProgram(definition, hidden: histogram.definition.hidden)
        references = histogram.definition.references
        self.conditionText = conditionText
        self.helpers = helpers
        paused = Atomic(isPaused)
    }

    /// Whether records pass it by.
    var isPaused: Bool {
        get { paused.load(ordering: .relaxed) }
        set { paused.store(newValue, ordering: .relaxed) }
    }

    /// Whether it needs the task's name.
    var asksComm: Bool { program.asksComm }

    /// Whether it asks for another histogram's variables.
    func refers(to other: Histogram) -> Bool { references.contains { $0.owner === other } }

    /// Appends its line: `hist:keys=pid:vals=hitcount:sort=hitcount:size=2048 if a > 3 [active]`.
    func append(to out: inout ByteBuffer) {
        histogram.definition.append(to: &out)
        if let conditionText {
            out.append(" if ")
            out.append(conditionText)
        }
        out.append(isPaused ? " [paused]" as StaticString : " [active]")
    }

    /// Its line.
    var line: String {
        var out = ByteBuffer()
        append(to: &out)
        return out.text
    }

    // MARK: a hit

    /// Counts a record.
    ///
    /// Nothing is counted where a variable that the line asks for has no value under the record's key.
    func pull(_ record: FilterSubject, _ clock: TraceClock, _ notes: inout PullNotes) {
        if isPaused { return }
        var time: UInt64 = 0
        if program.usesTime { time = notes.time(by: clock, isInMicroseconds: program.isInMicroseconds) }
        let subject = HistogramSubject(record, time: time)
        var values = InlineArray<16, UInt64>(repeating: 0)
        var key = HistogramKey()
        for part in program.keys {
            switch part.source {
            case .steps(let start, let end): key.words[part.word] = program.number(start, end, subject, values)
            case .text(.comm, _):
                key.words[part.word] = record.comm.0
                key.words[part.word + 1] = record.comm.1
            case .text(let source, let size): key.store(subject.text(source), at: part.word, size: size)
            case .nothing: break
            }
        }
        histogram.seal(&key)
        if !references.isEmpty {
            for index in references.indices where references[index].owner != nil {
                guard let value = ask(index, key) else { return }
                values[index] = value
            }
        }
        let due = histogram.update(key, comm: record.comm) { table, row in
            store(subject, values, in: &table, row)
            return act(subject, &values, in: &table, row)
        }
        guard let due, due != 0 else { return }
        for (index, action) in histogram.definition.actions.enumerated() where due & (1 << UInt8(index)) != 0 {
            if let synthetic = action.synthetic { emit(synthetic, action, values, key, record, &notes) }
            if let snapshot = action.snapshot, let (reference, _) = action.tracked {
                let isMax: Bool
                if case .onMax = action.handler { isMax = true } else { isMax = false }
                snapshot.take(values[reference], isMax: isMax) {
                    histogram.look(key) { table, row in table.copy(row) } ?? []
                }
            }
        }
    }

    /// The value of another histogram's variable; nil where it has none.
    private func ask(_ index: Int, _ key: borrowing HistogramKey) -> UInt64? {
        let reference = references[index]
        let slot = reference.variable.slot
        let value = reference.owner?.look(key) { table, row -> UInt64? in
            guard table.isSet(slot, of: row) else { return nil }
            if reference.isReadOnce { table.unset(slot, of: row) }
            return table.variable(slot, of: row)
        }
        return value ?? nil
    }

    /// Adds to the sums and sets the variables.
    @inline(__always)
    private func store(
        _ subject: HistogramSubject, _ values: borrowing InlineArray<16, UInt64>, in table: inout HistogramTable,
        _ row: Int
    ) {
        for target in program.targets where !target.isSaved {
            set(target, subject, values, in: &table, row)
        }
    }

    @inline(__always)
    private func set(
        _ target: HistogramProgram.Target, _ subject: HistogramSubject,
        _ values: borrowing InlineArray<16, UInt64>, in table: inout HistogramTable, _ row: Int
    ) {
        switch target.source {
        case .steps(let start, let end):
            let number = program.number(start, end, subject, values)
            if target.isVariable {
                table.set(target.index, of: row, to: number)
            } else {
                table.add(number, toSum: target.index, of: row)
            }
        case .text(.comm, let size):
            let bytes = subject.record.commBytes
            table.set(target.index, of: row, to: bytes.span.untilNUL, size: size)
        case .text(.execname, let size):
            table.set(target.index, of: row, to: table.comm(of: row).span, size: size)
        case .text(let source, let size):
            table.set(target.index, of: row, to: subject.text(source), size: size)
        case .nothing: break
        }
    }

    /// Looks at what actions track, and keeps what they save.
    ///
    /// - Returns: a bit for each action that is to be done without the table.
    private func act(
        _ subject: HistogramSubject, _ values: inout InlineArray<16, UInt64>, in table: inout HistogramTable,
        _ row: Int
    ) -> UInt8 {
        let actions = histogram.definition.actions
        if actions.isEmpty { return 0 }
        for index in references.indices where references[index].owner == nil {
            guard table.isSet(references[index].variable.slot, of: row) else { return 0 }
            values[index] = table.variable(references[index].variable.slot, of: row)
        }
        var due: UInt8 = 0
        for (index, action) in actions.enumerated() {
            if let (reference, slot) = action.tracked {
                let kept = table.variable(slot, of: row)
                let value = values[reference]
                if case .onMax = action.handler {
                    if value <= kept { continue }
                } else if value == kept {
                    continue
                }
                table.set(slot, of: row, to: value)
            }
            if action.kind == .save {
                for target in program.targets where target.isSaved {
                    set(target, subject, values, in: &table, row)
                }
            } else {
                due |= 1 << UInt8(index)
            }
        }
        return due
    }

    // MARK: synthetic events

    /// Makes a record of a synthetic event, to be published when the lane is free.
    private func emit(
        _ synthetic: SyntheticEvent, _ action: HistogramAction, _ values: borrowing InlineArray<16, UInt64>,
        _ key: borrowing HistogramKey, _ record: FilterSubject, _ notes: inout PullNotes
    ) {
        guard synthetic.event.isWanted else { return }
        var payload = synthetic.emptyRecord()
        for (index, source) in action.sources.enumerated() {
            guard source.isText else {
                synthetic.store(values[source.reference], field: index, in: &payload)
                continue
            }
            let reference = references[source.reference]
            let owner = reference.owner ?? histogram
            let text = owner.look(key) { table, row in table.text(reference.variable.slot, of: row) }
            synthetic.store(text ?? [], field: index, in: &payload)
        }
        notes.add(
            SyntheticRecord(
                event: synthetic.event.id, pid: Int32(truncatingIfNeeded: record.common >> 32),
                payload: payload))
    }
}
