/// The buckets that requests are sorted into by their time: 1, 2.5, 5 and so on, from 10 us to 10 s.
public enum LatencyBuckets {
    /// The upper bounds in seconds; what is above the last has a bucket of its own.
    public static let boundsSeconds: [Double] = [
        0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
        2.5, 5, 10,
    ]
    /// How many buckets there are, that of the longest included.
    static let count = 20

    /// The bucket of a time: the first whose bound is not below it. Most requests fall into the first.
    static func index(nanoseconds: UInt64) -> Int {
        var bound: UInt64 = 10_000
        var index = 0
        while index < 18 {
            if nanoseconds <= bound { return index }
            if nanoseconds <= bound * 5 / 2 { return index + 1 }
            if nanoseconds <= bound * 5 { return index + 2 }
            bound *= 10
            index += 3
        }
        return nanoseconds <= bound ? 18 : 19
    }
}
