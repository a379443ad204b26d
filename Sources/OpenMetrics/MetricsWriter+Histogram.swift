internal import Bytes

extension MetricsWriter {
    /// Appends one histogram of the family begun last: a line a bound with all that is at most so large, `+Inf`, the
    /// sum and the count.
    ///
    /// - Parameters:
    ///   - counts: how many observations are in each bucket, each counted once; one more than there are bounds, the
    ///     last for what is above them all.
    ///   - sum: of all observations, in the family's unit.
    ///   - bounds: where the buckets end.
    ///   - first: a label.
    ///   - second: another.
    public mutating func histogram(
        _ counts: [UInt64], sum: Double, bounds: HistogramBounds, _ first: MetricLabel? = nil,
        _ second: MetricLabel? = nil
    ) {
        precondition(kind == .histogram, "a histogram belongs to a family of histograms")
        precondition(counts.count == bounds.texts.count + 1, "a histogram has a count more than bounds")
        // What the lines have in common is written once.
        var prefix = ByteBuffer(capacity: 256)
        prefix.append(name)
        prefix.append("_bucket")
        let labelStart = prefix.count
        if let first { Self.append(first, 0x7B, to: &prefix) }
        if let second { Self.append(second, first == nil ? 0x7B : 0x2C, to: &prefix) }
        let labelEnd = prefix.count
        prefix.append(labelEnd == labelStart ? "{le=\"" as StaticString : ",le=\"")
        var total: UInt64 = 0
        for index in counts.indices {
            total &+= counts[index]
            out.append(prefix.span)
            if index < bounds.texts.count { out.append(bounds.texts[index]) } else { out.append("+Inf") }
            out.append("\"} ")
            out.append(decimal: total)
            out.append(0x0A)
        }
        beginPart("_sum", prefix.span.extracting(labelStart..<labelEnd))
        out.append(metric: sum)
        out.append(0x0A)
        beginPart("_count", prefix.span.extracting(labelStart..<labelEnd))
        out.append(decimal: total)
        out.append(0x0A)
    }

    private mutating func beginPart(_ part: StaticString, _ labels: Span<UInt8>) {
        out.append(name)
        out.append(part)
        if !labels.isEmpty {
            out.append(labels)
            out.append(0x7D)
        }
        out.append(0x20)
    }
}
