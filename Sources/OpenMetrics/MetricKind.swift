/// What a family of metrics counts.
public enum MetricKind: Sendable, Equatable {
    /// Only grows, from 0 at the start of the process; its name ends in `_total`.
    case counter
    /// Goes up and down.
    case gauge
    /// How many observations were at most so large.
    case histogram
    /// A 1 whose labels say something; its name ends in `_info`. Prometheus text calls it a gauge.
    case info

    /// What every name of the kind ends in, and OpenMetrics leaves out of the family's own name.
    var suffix: StaticString {
        switch self {
        case .counter: "_total"
        case .info: "_info"
        case .gauge, .histogram: ""
        }
    }

    /// What a `# TYPE` line calls it.
    func name(in format: MetricFormat) -> StaticString {
        switch self {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        case .info: format == .openMetrics ? "info" : "gauge"
        }
    }
}
