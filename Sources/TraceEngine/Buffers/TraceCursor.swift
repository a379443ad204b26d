public import Bytes

/// A reader that consumes nothing: what `cat trace` is.
///
/// It copies one page a lane under the ring buffer's lock and parses it outside. Where writers overtake it, it goes on
/// at the oldest page there still is. Records of several lanes come in the order of their times. Takes 4 KiB a lane
/// that holds anything. One thread at a time.
public struct TraceCursor: ~Copyable, @unchecked Sendable {
    // Sendable: the lanes are reached through this noncopyable value only.

    private let lanes: [CursorLane]
    /// The time of each lane's next record; ``none`` where there is none at hand.
    private var times: [UInt64]
    /// Whether a lane without a record at hand may have one.
    private var isStale = true
    private let tellsLosses: Bool

    /// Later than any record.
    private static var none: UInt64 { .max }

    init(
        rings: some Sequence<RingBuffer>, ends: [RingBuffer.End]? = nil, firstLane: Int, tellsLosses: Bool = false
    ) {
        lanes = rings.enumerated().map { index, ring in
            CursorLane(
                ring: ring, cpu: firstLane + index / 2, source: index % 2 == 0 ? .local : .kernel, end: ends?[index])
        }
        times = Array(repeating: Self.none, count: lanes.count)
        self.tellsLosses = tellsLosses
    }

    /// The next record.
    ///
    /// Some 40 ns a record where they follow each other in a lane.
    ///
    /// - Parameter payload: takes the record's bytes, padded with zeroes to four, instead of what it held.
    /// - Returns: `record`, `lost` where the kernel lost some before the next or the cursor tells of all losses, or
    ///   `empty` at the end; a cursor that follows the writers may have more later.
    public mutating func step(into payload: inout ByteBuffer) -> TraceStep {
        payload.removeAll()
        if isStale { look() }
        var chosen = -1
        var earliest = Self.none
        for index in times.indices where times[index] < earliest {
            earliest = times[index]
            chosen = index
        }
        guard chosen >= 0 else {
            for lane in lanes { lane.mayHaveMore() }
            isStale = true
            return .empty
        }
        let lane = lanes[chosen]
        if let lost = lane.takeLost(overwritten: tellsLosses) { return .lost(cpu: lane.cpu, count: lost) }
        let timestamp = lane.take(into: &payload)
        if lane.hasNext {
            times[chosen] = min(lane.time, Self.none - 1)
        } else {
            times[chosen] = Self.none
            isStale = true
        }
        return .record(TraceRecordHeader(timestamp: timestamp, cpu: lane.cpu, source: lane.source))
    }

    /// Copies pages where no record is at hand.
    private mutating func look() {
        isStale = false
        var didLoad = false
        for index in lanes.indices where times[index] == Self.none && lanes[index].load(&didLoad) {
            times[index] = min(lanes[index].time, Self.none - 1)
        }
        guard didLoad else { return }
        // A lane that was empty a page ago is asked again, for it may hold what came before the page just copied.
        for index in lanes.indices where times[index] == Self.none {
            lanes[index].mayHaveMore()
            isStale = true
        }
    }
}

/// Where a cursor stands in one ring buffer. Belongs to one ``TraceCursor``.
private final class CursorLane {
    let cpu: Int
    let source: TraceSource
    private let ring: RingBuffer
    /// Where it stops, if it does.
    private let end: RingBuffer.End?
    private var copy: SubBufferCopy?
    private var place = RingBuffer.Place()
    /// Whether it makes sense to ask the ring buffer.
    private var isOpen = true
    /// The payload of the next record on the copied page.
    private var next: Range<Int>?
    /// Where the next record ends, and its time.
    private var position = SubBufferPosition()
    /// Records that were lost elsewhere before the copied page, and not yet told.
    private var missed: UInt64 = 0

    init(ring: RingBuffer, cpu: Int, source: TraceSource, end: RingBuffer.End?) {
        self.ring = ring
        self.cpu = cpu
        self.source = source
        self.end = end
    }

    /// Whether the next record is at hand.
    var hasNext: Bool { next != nil }
    /// Its time.
    var time: UInt64 { position.timestamp }

    func mayHaveMore() { isOpen = true }

    /// Takes the count of what was lost before the next record.
    ///
    /// - Parameter overwritten: whether those count that went before this cursor came to them.
    /// - Returns: how many; nil where it is none.
    @inline(__always)
    func takeLost(overwritten: Bool) -> UInt64? {
        let lost = missed + (overwritten ? place.lost : 0)
        guard lost > 0 else { return nil }
        missed = 0
        if overwritten { place.lost = 0 }
        return lost
    }

    /// Copies the next page, where there is one.
    ///
    /// - Parameter didLoad: set where a page was copied.
    /// - Returns: whether there may be more.
    func load(_ didLoad: inout Bool) -> Bool {
        guard isOpen else { return false }
        if copy == nil && ring.entryCounts.inBuffer == 0 {
            isOpen = false
            return false
        }
        let copy = copy ?? SubBufferCopy()
        self.copy = copy
        // All that is left of a page may be its padding: then the next one is what is asked for.
        while end?.isReached(by: place) != true, ring.copyPage(after: &place, into: copy) {
            didLoad = true
            // Only at the start of a page: what was told is not told again when there is more on it.
            if place.position.offset == 0 { missed += copy.page.missed }
            parse()
            if hasNext { return true }
        }
        isOpen = false
        return false
    }

    /// Takes the next record and looks for the one behind it on the page.
    func take(into payload: inout ByteBuffer) -> UInt64 {
        let timestamp = position.timestamp
        if let next, let copy { copy.page.append(next, to: &payload) }
        place.position = position
        parse()
        return timestamp
    }

    private func parse() {
        position = place.position
        next = end?.isReached(by: place) == true ? nil : copy.flatMap { position.next(in: $0.page) }
        if next == nil {
            place.position = position
            isOpen = true
        }
    }
}
