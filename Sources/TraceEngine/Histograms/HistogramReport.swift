/// A histogram with its entries at one moment: what the file `hist` holds, for programs.
public struct HistogramReport: Sendable {
    /// What stands under a name.
    public enum Cell: Sendable, Equatable {
        /// A number without a sign.
        case unsigned(UInt64)
        /// A number with a sign.
        case signed(Int64)
        /// Text.
        case text([UInt8])
        /// All numbers of a bucket, or of a power of two: from the first to the last.
        case range(UInt64, UInt64)
    }

    /// A key, a value or what an action keeps.
    public struct Member: Sendable {
        /// Its name: that of a field, or an expression.
        public let name: String
        /// What it is.
        public let cell: Cell
    }

    /// One entry.
    public struct Entry: Sendable {
        /// Its keys, in order.
        public let keys: [Member]
        /// Its values, in order; expressions too, which the text does not show.
        public let values: [Member]
        /// What actions keep: `max` or `changed`, and what was saved.
        public let kept: [Member]
    }

    /// The line of the trigger, with its state.
    public let trigger: String
    /// Whether it is paused.
    public let isPaused: Bool
    /// The entries, sorted as the line says.
    public let entries: [Entry]
    /// Records that were counted.
    public let hits: UInt64
    /// Records for which there was no room.
    public let drops: UInt64
    /// Entries at most.
    public let size: Int
}

extension TraceInstance {
    /// The histograms of an event, in order.
    public func histograms(of event: TraceEvent) -> [HistogramReport] {
        context.outside.deliver()
        return histogramTriggers(of: event).map { trigger in
            let reading = HistogramReading(trigger.histogram)
            return HistogramReport(
                trigger: trigger.line, isPaused: trigger.isPaused, entries: reading.order.map(reading.entry),
                hits: reading.hits, drops: reading.drops, size: trigger.histogram.size)
        }
    }
}

extension HistogramReading {
    /// An entry, for programs.
    fileprivate func entry(_ row: Int) -> HistogramReport.Entry {
        var keys: [HistogramReport.Member] = []
        for key in definition.keys { keys.append(.init(name: name(of: key, in: keys), cell: cell(key, of: row))) }
        var values: [HistogramReport.Member] = []
        for (index, value) in definition.sums.enumerated()
        where !(index == 0 && definition.hidesHitcount) {
            values.append(
                .init(name: name(of: value, in: values), cell: number(sum(index, of: row), isSigned: value.isSigned)))
        }
        var kept: [HistogramReport.Member] = []
        for action in definition.actions {
            guard let slot = action.tracked?.slot else { continue }
            let isMax: Bool
            if case .onMax = action.handler { isMax = true } else { isMax = false }
            kept.append(
                .init(name: isMax ? "max" : "changed", cell: .unsigned(rows[row + layout.variables + slot])))
        }
        for (variable, source, _) in definition.saved {
            let isText = source?.flags.contains(.text) == true
            kept.append(
                .init(
                    name: variable.variable ?? "",
                    cell: isText
                        ? .text(text(ofVariable: variable, of: row))
                        : number(self.variable(variable, of: row), isSigned: variable.isSigned)))
        }
        return .init(keys: keys, values: values, kept: kept)
    }

    private func number(_ value: UInt64, isSigned: Bool) -> HistogramReport.Cell {
        isSigned ? .signed(Int64(bitPattern: value)) : .unsigned(value)
    }

    private func cell(_ key: HistogramField, of row: Int) -> HistogramReport.Cell {
        let value = self.key(key, of: row)
        if key.flags.contains(.stack) { return .text([]) }
        if key.flags.contains(.text) { return .text(text(key, of: row)) }
        if key.flags.contains(.buckets) { return .range(value, value &+ key.bucketSize &- 1) }
        if key.flags.contains(.log2) {
            // 2^n is all that is larger than 2^(n-1), and 2^0 is 0 and 1.
            let last: UInt64 = value >= 64 ? .max : 1 << value
            return .range(value == 0 ? 0 : (1 << (value - 1)) + 1, last)
        }
        return number(value, isSigned: key.isSigned)
    }

    /// The title, with the modifier where the title is another's already.
    private func name(of field: HistogramField, in members: [HistogramReport.Member]) -> String {
        let title = field.title
        guard members.contains(where: { $0.name == title }) else { return title }
        let longer = title + "." + (field.flags.modifier ?? "again")
        return members.contains { $0.name == longer } ? longer + "_\(members.count)" : longer
    }
}
