/// How families of metrics are written.
public enum MetricFormat: Sendable, Equatable {
    /// The text format 0.0.4 of Prometheus: `text/plain; version=0.0.4`.
    case prometheus
    /// OpenMetrics 1.0: `application/openmetrics-text; version=1.0.0`. Counters lose their `_total` in the lines that
    /// describe them, units have a line of their own, and the last line is `# EOF`.
    case openMetrics
}
