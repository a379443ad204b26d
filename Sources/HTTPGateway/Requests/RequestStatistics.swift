public import PseudoFS

/// How long requests took, by kind of node and verb, and with which status they were answered, since the start.
///
/// Only what has happened is in it: a series begins with its first request.
public struct RequestStatistics: Sendable, Equatable {
    /// The requests of one verb to one kind of node.
    public struct Series: Sendable, Equatable {
        /// The kind of node; nil where none was reached.
        public let content: Declaration.Content?
        /// What was asked for.
        public let verb: RequestVerb
        /// How many took so long, by the buckets of ``LatencyBuckets`` and one for what took longer.
        public let counts: [UInt64]
        /// All their time together.
        public let nanoseconds: UInt64
    }

    /// The times, from the complete request to the reply that is ready; of a stream, to its first bytes.
    ///
    /// What was refused before it was complete has a status and no time.
    public internal(set) var series: [Series] = []
    /// How many answers had each status, in rising order.
    public internal(set) var responses: [(status: UInt16, count: UInt64)] = []

    /// Whether both are of the same numbers.
    public static func == (left: RequestStatistics, right: RequestStatistics) -> Bool {
        left.series == right.series && left.responses.elementsEqual(right.responses, by: ==)
    }
}
