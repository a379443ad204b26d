internal import Bytes
internal import TraceEngine

/// What an event's format says of time and quantity, found once: whether its records are slices, and what they count.
///
/// The names of number fields decide, the unit being their last word:
/// - `duration`, `dur`, `latency` or `elapsed`, alone (nanoseconds) or with `_ns`, `_us`, `_ms`, `_s` behind it, and
///   whatever ends in `_` and one of these: the record ends a slice of that length.
/// - `counter` or `gauge`, and whatever ends in `_counter` or `_gauge`: a counter's value.
struct ChromeShape: Sendable {
    /// A number in the record.
    struct Quantity: Sendable {
        /// The field that holds it.
        let field: EventField
        /// Nanoseconds of one, where it is a duration.
        let scale: UInt64
        /// The field's name with quotes and colon, as JSON has it.
        let key: [UInt8]
    }

    /// `"cat":"sched","name":"sched_switch"`
    let naming: [UInt8]
    /// How long the slice is; nil where the event is an instant.
    let duration: Quantity?
    /// What is counted.
    let counters: [Quantity]

    init(system: String, name: String, format: EventFormat) {
        var out = ByteBuffer()
        out.append("\"cat\":")
        out.append(jsonString: system)
        out.append(",\"name\":")
        out.append(jsonString: name)
        naming = out.array
        let numbers = format.fields.filter { $0.shape == .number && $0.type != "bool" }
        duration =
            numbers.lazy.compactMap { field in
                Self.nanoseconds(of: field.name).map { Quantity(field: field, scale: $0, key: []) }
            }.first
        counters = numbers.filter { Self.isCounter($0.name) }.map { field in
            var key = ByteBuffer()
            key.append(jsonString: field.name)
            key.append(0x3A)
            return Quantity(field: field, scale: 1, key: key.array)
        }
    }

    /// How many nanoseconds one of a duration is; nil for a name that is none.
    private static func nanoseconds(of name: String) -> UInt64? {
        let units: [(String, UInt64)] = [("_ns", 1), ("_us", 1000), ("_ms", 1_000_000), ("_s", 1_000_000_000)]
        let unit = units.first { name.hasSuffix($0.0) }
        let stem = unit.map { String(name.dropLast($0.0.utf8.count)) } ?? name
        return ["duration", "dur", "latency", "elapsed"].contains { ends(stem, in: $0) } ? unit?.1 ?? 1 : nil
    }

    private static func isCounter(_ name: String) -> Bool { ["counter", "gauge"].contains { ends(name, in: $0) } }

    private static func ends(_ name: String, in word: String) -> Bool { name == word || name.hasSuffix("_" + word) }
}
