internal import Glibc
internal import Synchronization

/// Where timestamps come from: nanoseconds, for `uptime` hundredths of a second, for `counter` a number that grows by one.
///
/// ```swift
/// let clock = TraceClock(named: "mono")!
/// clock.now()                          // CLOCK_MONOTONIC, ns; about 45 ns a call
/// ```
///
/// A value; any thread.
public struct TraceClock: Sendable {
    /// The names that `trace_clock` offers, in the kernel's order.
    public static let names = ["local", "global", "counter", "uptime", "perf", "mono", "mono_raw", "boot", "tai"]

    /// What `trace_clock` calls it.
    public let name: String
    private let source: Source

    private enum Source: Sendable {
        case system(Int32)
        case ticks
        case manual(ManualTime)
        case counter(ManualTime)
    }

    /// The monotonic clock by the name that the kernel's default has.
    public static let local = TraceClock(name: "local", source: .system(CLOCK_MONOTONIC))

    /// The monotonic clock.
    public static let monotonic = TraceClock(name: "mono", source: .system(CLOCK_MONOTONIC))

    private init(name: String, source: Source) {
        self.name = name
        self.source = source
    }

    /// A clock by its name, or nil where there is none of that name; each `counter` counts for itself.
    public init?(named name: String) {
        switch name {
        // What the kernel reads from the CPU at least cost is what records of other sources are not told by.
        case "local": self = .local
        case "global", "perf": self.init(name: name, source: .system(CLOCK_MONOTONIC))
        case "uptime": self.init(name: name, source: .ticks)
        case "mono": self = .monotonic
        case "mono_raw": self.init(name: name, source: .system(CLOCK_MONOTONIC_RAW))
        case "boot": self.init(name: name, source: .system(CLOCK_BOOTTIME))
        case "tai": self.init(name: name, source: .system(CLOCK_TAI))
        case "counter": self.init(name: name, source: .counter(ManualTime()))
        default: return nil
        }
    }

    /// A clock that stands still until it is moved, for tests; it is called `local`.
    public init(manual time: ManualTime) { self.init(name: "local", source: .manual(time)) }

    /// Whether it counts nanoseconds, and not events or ticks: what is shown as seconds.
    public var countsNanoseconds: Bool {
        switch source {
        case .system, .manual: true
        case .ticks, .counter: false
        }
    }

    /// The time.
    public func now() -> UInt64 {
        switch source {
        case .system(let id): Self.system(id)
        case .ticks: Self.system(CLOCK_MONOTONIC) / 10_000_000
        case .manual(let time): time.nanoseconds
        case .counter(let count): count.advance(by: 1)
        }
    }

    @inline(__always)
    private static func system(_ id: Int32) -> UInt64 {
        var time = timespec()
        unsafe _ = clock_gettime(id, &time)
        return UInt64(bitPattern: Int64(time.tv_sec)) &* 1_000_000_000 &+ UInt64(bitPattern: Int64(time.tv_nsec))
    }

    /// Which clock it is, in two words without references, for who keeps the clock alive by other means.
    struct Identity {
        /// The system's clock, or -1.
        private let id: Int32
        /// Where a clock made by hand stands; 0 for a counter, each of which is its own.
        private let object: UInt

        fileprivate init(id: Int32, object: UInt) {
            self.id = id
            self.object = object
        }

        /// The time, if it is a clock of the system's.
        @inline(__always)
        func now() -> UInt64? { id < 0 ? nil : TraceClock.system(id) }

        /// Whether the other always says the same, so that one question serves for both.
        @inline(__always)
        func isSame(as other: Identity) -> Bool {
            id == other.id && object == other.object && (id >= 0 || object != 0)
        }

        /// Whether each question moves it on.
        @inline(__always)
        var isCounter: Bool { id < 0 && object == 0 }
    }

    var identity: Identity {
        switch source {
        case .system(let id): Identity(id: id, object: 0)
        case .manual(let time): Identity(id: -1, object: UInt(bitPattern: ObjectIdentifier(time)))
        // No object stands at 1.
        case .ticks: Identity(id: -1, object: 1)
        case .counter: Identity(id: -1, object: 0)
        }
    }
}

/// A time that somebody moves by hand. Any thread.
public final class ManualTime: Sendable {
    private let value: Atomic<UInt64>

    /// Starts at a time, ns.
    public init(nanoseconds: UInt64 = 0) { value = Atomic(nanoseconds) }

    /// The time, ns; setting it back is allowed.
    public var nanoseconds: UInt64 {
        get { value.load(ordering: .relaxed) }
        set { value.store(newValue, ordering: .relaxed) }
    }

    /// Moves the time on.
    ///
    /// - Returns: the new time.
    @discardableResult
    public func advance(by nanoseconds: UInt64) -> UInt64 {
        value.wrappingAdd(nanoseconds, ordering: .relaxed).newValue
    }
}
