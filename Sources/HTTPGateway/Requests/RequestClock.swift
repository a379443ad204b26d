internal import Glibc
internal import Synchronization

/// What requests are timed by: the monotonic clock, or one that a test moves by hand.
public struct RequestClock: Sendable {
    private let manual: Hand?

    /// CLOCK_MONOTONIC; about 25 ns a look, for the kernel maps it into the process.
    public static let monotonic = RequestClock(manual: nil)

    private init(manual: Hand?) { self.manual = manual }

    /// A clock that goes on by so much at each look: a request, which takes two, then takes that long.
    ///
    /// - Parameter hand: says how much.
    /// - Returns: the clock.
    public static func manual(_ hand: Hand) -> RequestClock { RequestClock(manual: hand) }

    /// The step of a clock that is moved by hand. Any thread.
    public final class Hand: Sendable {
        private let time = Atomic<UInt64>(0)
        private let step: Atomic<UInt64>

        /// A hand that moves by so many nanoseconds at each look.
        public init(nanoseconds: UInt64) { step = Atomic(nanoseconds) }

        /// How far it moves at each look.
        public var nanoseconds: UInt64 {
            get { step.load(ordering: .relaxed) }
            set { step.store(newValue, ordering: .relaxed) }
        }

        fileprivate func look() -> UInt64 { time.wrappingAdd(nanoseconds, ordering: .relaxed).newValue }
    }

    /// Nanoseconds since some moment.
    func now() -> UInt64 {
        if let manual { return manual.look() }
        var time = timespec()
        unsafe _ = clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(bitPattern: Int64(time.tv_sec)) &* 1_000_000_000 &+ UInt64(bitPattern: Int64(time.tv_nsec))
    }
}
