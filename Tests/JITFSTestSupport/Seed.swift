internal import Glibc

/// Where a random test starts: `SEED` of the environment, to replay a failure, or the clock.
public enum Seed {
    /// The seed to use and to print.
    public static func next() -> UInt64 {
        if let text = unsafe getenv("SEED"), let seed = unsafe UInt64(String(cString: text)) { return seed }
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return UInt64(time.tv_sec) &* 1_000_000_007 &+ UInt64(time.tv_nsec)
    }
}
