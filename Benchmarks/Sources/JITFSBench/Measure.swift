import Glibc

/// Clocks and medians.
enum Measure {
    /// Nanoseconds of a clock: CLOCK_MONOTONIC, or the CPU time of this thread, which neighbours hardly touch.
    static func now(_ clock: clockid_t = CLOCK_MONOTONIC) -> Int {
        var time = timespec()
        clock_gettime(clock, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }

    /// Nanoseconds of CPU time of this thread that something takes.
    static func cpu(_ body: () throws -> Void) rethrows -> Int {
        let start = now(CLOCK_THREAD_CPUTIME_ID)
        try body()
        return now(CLOCK_THREAD_CPUTIME_ID) - start
    }

    /// Nanoseconds of wall time that something short takes, the clock's own share taken off.
    static func wall(_ body: () throws -> Void) rethrows -> Int {
        let start = now()
        try body()
        return max(now() - start - clockCost, 0)
    }

    private static let clockCost: Int = {
        median(
            (0..<1001).map { _ in
                let start = now()
                return now() - start
            })
    }()

    /// The middle of some numbers.
    static func median(_ values: [Int]) -> Int { values.sorted()[values.count / 2] }

    /// A number with so many digits behind the point, without Foundation.
    static func text(_ value: Double, digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let whole = Int((value * scale).rounded())
        guard digits > 0 else { return String(whole) }
        let fraction = String(whole % Int(scale))
        return "\(whole / Int(scale)).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
    }
}
