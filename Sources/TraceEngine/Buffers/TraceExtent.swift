/// What the ring buffers of an instance held at one moment: how far each was written, not the records themselves.
///
/// ```swift
/// let extent = try instance.makeExtent()
/// var count = extent.makeCursor(), show = extent.makeCursor()    // both end at the same records
/// ```
///
/// Records go from it as writers need their pages. A value; any thread.
public struct TraceExtent: Sendable {
    private let rings: [RingBuffer]
    private let ends: [RingBuffer.End]
    /// The first CPU lane.
    private let firstLane: Int

    init(rings: [RingBuffer], firstLane: Int) {
        self.rings = rings
        self.firstLane = firstLane
        ends = rings.map(\.end)
    }

    /// The CPU lanes there is anything of; none in an instance that nobody touched.
    public var lanes: Range<Int> { firstLane..<(firstLane + rings.count / 2) }

    /// A reader of it that consumes nothing, before the first record.
    ///
    /// - Parameters:
    ///   - lane: one of ``lanes``, or nil for all of them.
    ///   - tellsLosses: whether `lost` comes before the record behind a loss. Lost is what was overwritten and no pipe
    ///     was told of, and whatever goes while the cursor reads.
    /// - Returns: the reader.
    public func makeCursor(lane: Int? = nil, tellsLosses: Bool = false) -> TraceCursor {
        guard let lane else {
            return TraceCursor(rings: rings, ends: ends, firstLane: firstLane, tellsLosses: tellsLosses)
        }
        precondition(lanes.contains(lane), "no such lane")
        let first = (lane - firstLane) * 2
        return TraceCursor(
            rings: rings[first...(first + 1)], ends: Array(ends[first...(first + 1)]), firstLane: lane,
            tellsLosses: tellsLosses)
    }
}
