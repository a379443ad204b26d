internal import Bytes

extension MetricsWriter {
    /// Appends a sample of the family begun last: `jitfs_refusals_total{limit="streams"} 3`.
    ///
    /// - Parameters:
    ///   - value: written exactly.
    ///   - first: a label.
    ///   - second: another.
    public mutating func sample(_ value: UInt64, _ first: MetricLabel? = nil, _ second: MetricLabel? = nil) {
        begin(first, second)
        out.append(decimal: value)
        out.append(0x0A)
    }

    /// Appends a sample that is a signed integer.
    public mutating func sample(_ value: Int, _ first: MetricLabel? = nil, _ second: MetricLabel? = nil) {
        begin(first, second)
        out.append(decimal: value)
        out.append(0x0A)
    }

    /// Appends a sample that is no integer: the shortest digits that give it back, `+Inf`, `-Inf` or `NaN`.
    public mutating func sample(_ value: Double, _ first: MetricLabel? = nil, _ second: MetricLabel? = nil) {
        begin(first, second)
        out.append(metric: value)
        out.append(0x0A)
    }

    private mutating func begin(_ first: MetricLabel?, _ second: MetricLabel?) {
        precondition(kind != nil, "a sample belongs to a family")
        precondition(kind != .histogram, "a histogram has no single samples")
        out.append(name)
        if let first { Self.append(first, 0x7B, to: &out) }
        if let second { Self.append(second, first == nil ? 0x7B : 0x2C, to: &out) }
        if first != nil || second != nil { out.append(0x7D) }
        out.append(0x20)
    }

    /// Appends a label behind `{` or `,`.
    static func append(_ label: MetricLabel, _ separator: UInt8, to out: inout ByteBuffer) {
        out.append(separator)
        let start = out.count
        out.append(label.name)
        precondition(out.isMetricName(from: start), "a label's name has letters, digits and underscores")
        precondition(!isReserved(out.span.extracting(start..<out.count)), "a label is not called so")
        out.append("=\"")
        let valueStart = out.count
        switch label.value {
        case .literal(let text): out.append(text)
        case .text(let text): out.append(text)
        }
        out.escapeMetric(from: valueStart, quotes: true)
        out.append(0x22)
    }

    /// Names that mean something to Prometheus: the target, its job, a bucket's bound, and what begins with `__`.
    private static func isReserved(_ name: Span<UInt8>) -> Bool {
        name.equals("instance") || name.equals("job") || name.equals("le")
            || (name.count >= 2 && name[0] == 0x5F && name[1] == 0x5F)
    }
}
