internal import Bytes

/// The entries of a histogram at one moment, in order.
struct HistogramReading {
    let definition: HistogramDefinition
    let layout: HistogramLayout
    let rows: [UInt64]
    /// Where each entry begins, sorted.
    private(set) var order: [Int]
    let hits: UInt64
    let drops: UInt64
    /// The sum and the largest of each value.
    private(set) var totals: [UInt64]
    private(set) var maxima: [UInt64]

    /// Reads a histogram.
    init(_ histogram: Histogram) {
        definition = histogram.definition
        layout = histogram.layout
        (rows, hits, drops) = histogram.copy()
        order = Array(stride(from: 0, to: rows.count, by: layout.stride))
        totals = [UInt64](repeating: 0, count: layout.sumCount)
        maxima = totals
        for row in order {
            for index in 0..<layout.sumCount {
                let value = rows[row + layout.sums + index]
                totals[index] &+= value
                maxima[index] = max(maxima[index], value)
            }
        }
        sort()
    }

    /// One entry alone.
    init(_ row: [UInt64], of reading: HistogramReading) {
        definition = reading.definition
        layout = reading.layout
        rows = row
        order = [0]
        hits = 0
        drops = 0
        totals = []
        maxima = []
    }

    /// The words of a key in an entry.
    func key(_ key: HistogramField, of row: Int) -> UInt64 { rows[row + key.keyOffset / 8] }

    /// The text of a key in an entry.
    func text(_ key: HistogramField, of row: Int) -> [UInt8] {
        let start = row + key.keyOffset / 8
        return HistogramKey.text(rows.span.extracting(start..<(start + key.size / 8)))
    }

    /// A value of an entry; 0 is `hitcount`.
    func sum(_ index: Int, of row: Int) -> UInt64 { rows[row + layout.sums + index] }

    /// A variable of an entry.
    func variable(_ field: HistogramField, of row: Int) -> UInt64 { rows[row + layout.variables + field.slot] }

    /// A variable's text.
    func text(ofVariable field: HistogramField, of row: Int) -> [UInt8] {
        guard let start = layout.texts[field.slot] else { return [] }
        return HistogramKey.text(rows.span.extracting((row + start)..<(row + start + HistogramLayout.textWords)))
    }

    /// The name of the task that made an entry.
    func comm(of row: Int) -> [UInt8] {
        guard let start = layout.comm else { return [] }
        return HistogramKey.text(rows.span.extracting((row + start)..<(row + start + 2)))
    }

    // MARK: order

    /// By what the line says, and where that is the same by the keys, so that it does not depend on the shards.
    private mutating func sort() {
        let definition = definition
        let keys = definition.keys
        let sumCount = layout.sumCount
        let reading = self
        order.sort { left, right in
            for sorting in definition.sorting {
                var difference: Int
                if sorting.index < sumCount {
                    difference = Self.compare(
                        reading.sum(sorting.index, of: left), reading.sum(sorting.index, of: right))
                } else {
                    difference = reading.compare(keys[sorting.index - sumCount], left, right)
                }
                if sorting.isDescending { difference = -difference }
                if difference != 0 { return difference < 0 }
            }
            for key in keys {
                let difference = reading.compare(key, left, right)
                if difference != 0 { return difference < 0 }
            }
            return false
        }
    }

    private static func compare<Number: Comparable>(_ left: Number, _ right: Number) -> Int {
        left < right ? -1 : left > right ? 1 : 0
    }

    private func compare(_ key: HistogramField, _ left: Int, _ right: Int) -> Int {
        if key.flags.contains(.stack) { return 0 }
        if key.flags.contains(.text) {
            // Behind a text are zeros: its words, the first byte highest, are in the order of its bytes.
            for word in (key.keyOffset / 8)..<((key.keyOffset + key.size) / 8) {
                let difference = Self.compare(rows[left + word].byteSwapped, rows[right + word].byteSwapped)
                if difference != 0 { return difference }
            }
            return 0
        }
        let numbers = (self.key(key, of: left), self.key(key, of: right))
        guard key.isSigned else { return Self.compare(numbers.0, numbers.1) }
        return Self.compare(Int64(bitPattern: numbers.0), Int64(bitPattern: numbers.1))
    }
}
