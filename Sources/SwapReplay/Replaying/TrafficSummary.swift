/// What was recorded, whatever the models make of it.
public struct TrafficSummary: Sendable {
    /// Bytes of a bucket of ``lengths``.
    public static let bucketBytes = 256

    /// How long the operations of each kind took, and how many there were, in the order of ``TrafficOperation/Kind``.
    public private(set) var durations = [DurationHistogram](
        repeating: DurationHistogram(), count: TrafficOperation.Kind.allCases.count)
    /// Puts by the bytes of their objects, 256 to a bucket; pages that repeat a word and those kept as they are are not
    /// in it.
    public private(set) var lengths = [UInt64](repeating: 0, count: TrafficOperation.pageBytes / Self.bucketBytes)
    /// Puts of pages that repeat a word.
    public private(set) var samePuts: UInt64 = 0
    /// Puts of pages that are kept as they are.
    public private(set) var hugePuts: UInt64 = 0
    /// Operations of all kinds.
    public private(set) var operationCount: UInt64 = 0
    /// Times that events were lost.
    public private(set) var gapCount: UInt64 = 0
    /// Events known to be lost, of any pool.
    public private(set) var lostCount: UInt64 = 0
    /// The time of the first operation, and of the latest.
    public private(set) var times: ClosedRange<UInt64>?
    /// Pages got that were stored before the recording began, or while events were lost: taken for stored from there on.
    public internal(set) var pagesFound: UInt64 = 0
    /// Different pages that were stored.
    public internal(set) var pagesEver = 0
    /// Pages stored at the end.
    public internal(set) var pagesStored = 0

    init() {}

    /// How many operations of a kind there were, and how long they took.
    public func durations(of kind: TrafficOperation.Kind) -> DurationHistogram { durations[Int(kind.rawValue)] }

    mutating func add(_ operation: TrafficOperation) {
        operationCount += 1
        durations[Int(operation.kind.rawValue)].add(operation.nanoseconds)
        if let times {
            if operation.time > times.upperBound { self.times = times.lowerBound...operation.time }
        } else {
            times = operation.time...operation.time
        }
        guard operation.kind == .put else { return }
        switch Int(operation.storedBytes) {
        case 0: samePuts += 1
        case TrafficOperation.pageBytes...: hugePuts += 1
        default: lengths[Int(operation.storedBytes) / Self.bucketBytes] += 1
        }
    }

    mutating func add(lost count: UInt64?) {
        gapCount += 1
        lostCount &+= count ?? 0
    }
}
