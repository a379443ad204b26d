internal import PseudoFS
internal import Synchronization

/// What one server thread counts of its requests: two kinds of cells, each a plain load and store.
///
/// Two cache lines at each end keep what one thread writes at every request away from the next one's.
final class RequestLane: Sendable {
    /// Kinds of nodes there is room for, "none" being the first of them.
    static let kindsMax = 12
    static let verbs = 7
    /// A series is its buckets and the sum of their nanoseconds.
    static let seriesLength = LatencyBuckets.count + 1
    /// The statuses 100 to 611: every one that HTTP knows.
    private static let statusMin = 100

    private let before = InlineArray<16, UInt64>(repeating: 0)
    private let times = InlineArray<1764, Atomic<UInt64>> { _ in Atomic(0) }
    private let statuses = InlineArray<512, Atomic<UInt64>> { _ in Atomic(0) }
    private let behind = InlineArray<16, UInt64>(repeating: 0)

    init() {
        precondition(Declaration.Content.allCases.count < Self.kindsMax, "more kinds of nodes than there is room for")
        precondition(
            RequestVerb.allCases.count == Self.verbs && times.count == Self.kindsMax * Self.verbs * Self.seriesLength)
    }

    private static func start(kind: Int, _ verb: RequestVerb) -> Int { (kind * verbs + verb.rawValue) * seriesLength }
    private static func place(of status: UInt16) -> Int { Int(status &- UInt16(statusMin)) & 511 }

    /// Counts a time. By the lane's own thread alone; another one would lose counts, and nothing else.
    func count(kind: Int, _ verb: RequestVerb, nanoseconds: UInt64) {
        let start = Self.start(kind: kind, verb)
        Self.add(1, to: times[start + LatencyBuckets.index(nanoseconds: nanoseconds)])
        Self.add(nanoseconds, to: times[start + LatencyBuckets.count])
    }

    /// Counts a status. By the lane's own thread alone.
    func count(status: UInt16) { Self.add(1, to: statuses[Self.place(of: status)]) }

    @inline(__always)
    private static func add(_ value: UInt64, to cell: borrowing Atomic<UInt64>) {
        cell.store(cell.load(ordering: .relaxed) &+ value, ordering: .relaxed)
    }

    // MARK: reading

    /// Adds what was counted of a series to its cells.
    func add(kind: Int, _ verb: RequestVerb, to sum: inout [UInt64]) {
        let start = Self.start(kind: kind, verb)
        for index in 0..<Self.seriesLength { sum[index] &+= times[start + index].load(ordering: .relaxed) }
    }

    /// How many answers had a status.
    func answers(with status: UInt16) -> UInt64 { statuses[Self.place(of: status)].load(ordering: .relaxed) }
}
