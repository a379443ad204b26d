/// The counters of a ring buffer, as `per_cpu/cpuN/stats` shows them.
public struct RingBufferStatistics: Sendable, Equatable {
    /// Records that can still be read.
    public var entries: UInt64 = 0
    /// Records overwritten before they were read, here or in the kernel.
    public var overrun: UInt64 = 0
    /// Records lost because a writer was interrupted by writers that went round: never here.
    public var commitOverrun: UInt64 = 0
    /// Bytes of what can be read, heads and padding included.
    public var bytes: UInt64 = 0
    /// The time of the oldest page that was not handed to a reader, ns; it outlives a clearing.
    public var oldestTimestamp: UInt64 = 0
    /// The clock's time when the counters were taken, ns.
    public var nowTimestamp: UInt64 = 0
    /// Records refused because the buffer was full and must not overwrite.
    public var droppedEvents: UInt64 = 0
    /// Records that were consumed.
    public var readEvents: UInt64 = 0

    /// All zero.
    public init() {}

    /// The sum of two buffers of one lane; the older of the oldest times.
    static func + (left: Self, right: Self) -> Self {
        var sum = left
        sum.entries += right.entries
        sum.overrun += right.overrun
        sum.commitOverrun += right.commitOverrun
        sum.bytes += right.bytes
        sum.droppedEvents += right.droppedEvents
        sum.readEvents += right.readEvents
        if sum.oldestTimestamp == 0 || (right.oldestTimestamp != 0 && right.oldestTimestamp < sum.oldestTimestamp) {
            sum.oldestTimestamp = right.oldestTimestamp
        }
        return sum
    }
}
