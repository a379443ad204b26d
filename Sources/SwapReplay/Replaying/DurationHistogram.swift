/// How long operations took: counts by duration, sixteen to each doubling, so that a percentile is right to a
/// sixteenth. 8 KiB.
public struct DurationHistogram: Sendable {
    private var counts = [UInt64](repeating: 0, count: 61 * 16)
    /// Durations noted.
    public private(set) var count: UInt64 = 0
    /// The longest, in nanoseconds.
    public private(set) var max: UInt64 = 0
    private var sum: Double = 0

    init() {}

    /// Their mean, in nanoseconds; 0 where there are none.
    public var mean: Double { count == 0 ? 0 : sum / Double(count) }

    /// What so large a part of them did not exceed.
    ///
    /// - Parameter part: 0 to 1: 0.99 for the 99th percentile.
    /// - Returns: nanoseconds; at most a sixteenth too much, never more than ``max``.
    public func percentile(_ part: Double) -> UInt64 {
        let wanted = Swift.max((part * Double(count)).rounded(.up), 1)
        var seen: UInt64 = 0
        for (place, number) in counts.enumerated() where number > 0 {
            seen += number
            if Double(seen) >= wanted { return min(Self.last(place), max) }
        }
        return max
    }

    @inline(__always)
    mutating func add(_ nanoseconds: UInt64) {
        counts[Self.place(nanoseconds)] += 1
        count += 1
        sum += Double(nanoseconds)
        if nanoseconds > max { max = nanoseconds }
    }

    @inline(__always)
    private static func place(_ value: UInt64) -> Int {
        if value < 16 { return Int(value) }
        let shift = 59 - value.leadingZeroBitCount
        return (shift + 1) << 4 | Int(value >> UInt64(shift) & 15)
    }

    /// The largest duration of a place.
    private static func last(_ place: Int) -> UInt64 {
        if place < 16 { return UInt64(place) }
        let shift = UInt64(place >> 4 - 1)
        return (UInt64(16 | place & 15) << shift) | ((1 << shift) - 1)
    }
}
