public import Bytes

/// Writes families of metrics, one behind the other, as Prometheus text or OpenMetrics.
///
/// ```swift
/// var writer = MetricsWriter(.prometheus)
/// writer.family("jitfs_refusals_total", .counter, help: "Requests refused, by the limit that did it.")
/// writer.sample(3, MetricLabel("limit", "streams"))
/// let text = writer.finish()
/// ```
///
/// The caller says each family under its whole name (`_total`, `_info`, the unit) and then its samples; the writer
/// knows what the format makes of that. A line costs 20 to 60 ns, no allocation and no string.
///
/// What only a programmer can get wrong traps: a family that comes twice, a name or label that is none, a counter
/// without `_total` and anything else with it, an info without `_info`, missing help, a label called `instance` or
/// `le`, a sample before any family or of the wrong kind. Samples with the same labels twice are not found out.
public struct MetricsWriter: ~Copyable {
    /// What is written.
    public let format: MetricFormat
    var out: ByteBuffer
    /// The family that samples belong to.
    var name: StaticString = ""
    var kind: MetricKind?
    /// Hashes of the names so far.
    private var seen: [UInt64] = []

    /// Begins with nothing written.
    ///
    /// - Parameters:
    ///   - format: what is written.
    ///   - capacity: bytes to have room for at once.
    public init(_ format: MetricFormat, capacity: Int = 32 << 10) {
        self.format = format
        out = ByteBuffer(capacity: capacity)
        seen.reserveCapacity(96)
    }

    /// Ends the text.
    ///
    /// - Returns: all of it.
    public consuming func finish() -> ByteBuffer {
        if format == .openMetrics { out.append("# EOF\n") }
        return out
    }

    // MARK: families

    /// Begins a family.
    ///
    /// - Parameters:
    ///   - name: the whole name, as a query has it: `jitfs_refusals_total`. One that ends in `_seconds` or `_bytes`
    ///     (before `_total`) has that unit.
    ///   - kind: what it counts.
    ///   - help: one sentence for people.
    public mutating func family(_ name: StaticString, _ kind: MetricKind, help: StaticString) {
        self.name = name
        self.kind = kind
        out.append("# HELP ")
        let start = out.count
        out.append(name)
        checkName(from: start)
        trim(from: start)
        out.append(0x20)
        let helpStart = out.count
        out.append(help)
        precondition(out.count > helpStart, "a family has help")
        out.escapeMetric(from: helpStart, quotes: format == .openMetrics)
        out.append("\n# TYPE ")
        appendFamilyName()
        out.append(0x20)
        out.append(kind.name(in: format))
        out.append(0x0A)
        if format == .openMetrics { appendUnit() }
    }

    private mutating func checkName(from start: Int) {
        precondition(out.isMetricName(from: start), "a metric's name has letters, digits and underscores")
        precondition(out.ends(in: "_total", from: start) == (kind == .counter), "_total ends counters, and only them")
        precondition(out.ends(in: "_info", from: start) == (kind == .info), "_info ends infos, and only them")
        for suffix in ["_bucket", "_count", "_sum", "_created"] {
            precondition(!out.ends(in: suffix, from: start), "a family is not named as a part of another")
        }
        let hash = Hash64.of(out.span.extracting(start..<out.count), seed: 0)
        precondition(!seen.contains(hash), "a family comes once")
        seen.append(hash)
    }

    /// Takes away what OpenMetrics leaves out of a family's name.
    private mutating func trim(from start: Int) {
        guard format == .openMetrics, let kind else { return }
        out.truncate(to: out.count - kind.suffix.utf8CodeUnitCount)
        precondition(out.count > start, "a metric's name is more than its suffix")
    }

    private mutating func appendFamilyName() {
        let start = out.count
        out.append(name)
        trim(from: start)
    }

    private mutating func appendUnit() {
        let start = out.count
        out.append("# UNIT ")
        let nameStart = out.count
        appendFamilyName()
        if out.ends(in: "_seconds", from: nameStart) {
            out.append(" seconds\n")
        } else if out.ends(in: "_bytes", from: nameStart) {
            out.append(" bytes\n")
        } else {
            out.truncate(to: start)
        }
    }
}
