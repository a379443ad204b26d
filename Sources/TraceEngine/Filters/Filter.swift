internal import Bytes

/// A condition on the records of an event, compiled: what stands in the file `filter`, and behind a trigger's `if`.
///
/// ```swift
/// let filter = try Filter(parsing: "a > 3 && s ~ \"he*\"".utf8Span.span, format: format, cpus: 2)
/// filter.matches(record, cpu: 0, comm: "bash")
/// ```
///
/// The language is that of Linux' event filters (Documentation/trace/events.rst, section 5), in grammar, precedence and
/// quirks. Compiled it is an array of terms that each say where to go on, so that running it allocates nothing and
/// needs no stack however deep its parentheses were: a few ns a term. Immutable; any thread.
public final class Filter: Sendable {
    /// The terms; one beyond the last is true, the next false.
    let instructions: [FilterInstruction]
    /// The texts that fields are compared with.
    let texts: [UInt8]
    /// The sets of CPUs.
    let sets: [UInt64]
    /// CPUs there are: a larger number is none.
    let cpus: Int
    /// Whether any term is about the task's name, which costs a look into a table.
    let asksComm: Bool

    /// Compiles a filter.
    ///
    /// - Parameters:
    ///   - text: any bytes; what stands behind a NUL does not count.
    ///   - format: that of the event.
    ///   - cpus: how many CPUs there are; a list that names others is refused.
    /// - Throws: what Linux would say. Costs some 100 ns a term; nothing limits the length.
    public init(parsing text: Span<UInt8>, format: EventFormat, cpus: Int) throws(FilterError) {
        var parser = FilterParser(text, format: format, cpus: cpus)
        let instructions = try parser.parse()
        self.instructions = instructions
        texts = parser.texts
        sets = parser.sets
        self.cpus = cpus
        asksComm = instructions.contains { $0.test == .comm }
    }

    /// How many terms it has.
    public var termCount: Int { instructions.count }

    /// Whether a record passes.
    ///
    /// - Parameters:
    ///   - record: its payload from `common_type` on, as its format lays it out. What is cut off reads as zero.
    ///   - cpu: the CPU it was recorded on.
    ///   - comm: its task's name.
    /// - Returns: whether it passes.
    public func matches(_ record: Span<UInt8>, cpu: Int, comm: String) -> Bool {
        let words = asksComm ? FilterSubject.words(of: comm) : (0, 0)
        return matches(FilterSubject(record, common: record.number(at: 0, size: 8), cpu: cpu, comm: words))
    }
}
