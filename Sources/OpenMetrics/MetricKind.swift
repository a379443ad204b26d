/// What a family of metrics counts.
public enum MetricKind: String, Sendable {
    /// Only grows, from 0 at the start of the process.
    case counter
    /// Goes up and down.
    case gauge
    /// How many observations were at most so large.
    case histogram
}
