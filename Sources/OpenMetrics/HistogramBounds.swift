internal import Bytes

/// The upper bounds of a histogram's buckets, and how they are written: made once, used for every histogram.
///
/// ```swift
/// let bounds = HistogramBounds([0.1, 1])       // le="0.1", le="1.0", and le="+Inf" by itself
/// ```
public struct HistogramBounds: Sendable {
    /// In rising order, without the infinite one.
    public let values: [Double]
    /// As the label `le` shows them: the same in both formats, so that a change of format makes no other series.
    let texts: [String]

    /// Takes bounds. None, or some that are not finite and rising, is a programmer's error and traps.
    public init(_ values: [Double]) {
        precondition(!values.isEmpty, "a histogram has a bound")
        precondition(values.allSatisfy(\.isFinite), "the infinite bound goes without saying")
        precondition(zip(values, values.dropFirst()).allSatisfy { $0 < $1 }, "the bounds of a histogram rise")
        self.values = values
        texts = values.map { value in
            var text = ByteBuffer()
            text.append(metric: value)
            return text.text
        }
    }
}
