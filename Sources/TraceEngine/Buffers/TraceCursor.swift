public import Bytes

/// A reader that consumes nothing: what `cat trace` is.
///
/// It copies one page a lane under the ring buffer's lock and parses it outside. Where writers overtake it, it goes on
/// at the oldest page there still is. Records of several lanes come in the order of their times. Takes 4 KiB a lane
/// that holds anything. One thread at a time.
public struct TraceCursor: ~Copyable, @unchecked Sendable {
    // Sendable: the lanes are reached through this noncopyable value only.

    private let lanes: [CursorLane]

    init(rings: [RingBuffer], firstLane: Int, followsWriters: Bool) {
        lanes = rings.enumerated().map { index, ring in
            CursorLane(
                ring: ring, cpu: firstLane + index / 2, source: index % 2 == 0 ? .local : .kernel,
                end: followsWriters ? nil : ring.end)
        }
    }

    /// The next record.
    ///
    /// - Parameter payload: takes the record's bytes, padded with zeroes to four, instead of what it held.
    /// - Returns: `record`, `lost` where the kernel lost some before the next, or `empty` at the end; a cursor that
    ///   follows the writers may have more later.
    public mutating func step(into payload: inout ByteBuffer) -> TraceStep {
        payload.removeAll()
        var earliest: CursorLane?
        var didLoad = false
        for lane in lanes where lane.hasNext || lane.load(&didLoad) {
            if let other = earliest, other.position.timestamp <= lane.position.timestamp { continue }
            earliest = lane
        }
        // A lane that was empty a page ago is asked again, for it may hold what came before the page just copied.
        if didLoad { for lane in lanes where !lane.hasNext { lane.mayHaveMore() } }
        guard let earliest else {
            for lane in lanes { lane.mayHaveMore() }
            return .empty
        }
        if let lost = earliest.takeLost() { return .lost(cpu: earliest.cpu, count: lost) }
        let timestamp = earliest.take(into: &payload)
        return .record(TraceRecordHeader(timestamp: timestamp, cpu: earliest.cpu, source: earliest.source))
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
    private(set) var position = SubBufferPosition()
    /// Records that were lost elsewhere before the copied page, and not yet told.
    private var lost: UInt64 = 0

    init(ring: RingBuffer, cpu: Int, source: TraceSource, end: RingBuffer.End?) {
        self.ring = ring
        self.cpu = cpu
        self.source = source
        self.end = end
    }

    /// Whether the next record is at hand.
    var hasNext: Bool { next != nil }

    func mayHaveMore() { isOpen = true }

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
            if place.position.offset == 0 { lost += copy.page.missed }
            parse()
            if hasNext { return true }
        }
        isOpen = false
        return false
    }

    /// Takes the count of what was lost before the next record; nil where it is none.
    func takeLost() -> UInt64? {
        defer { lost = 0 }
        return lost > 0 ? lost : nil
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
