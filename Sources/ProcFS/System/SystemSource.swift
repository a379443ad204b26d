public import PseudoFS

/// What procfs says of the whole: each is asked for when its file is read, on the reader's thread.
public struct SystemSource: Sendable {
    /// `version`: one line.
    public var version: String
    /// `mounts` and `filesystems`.
    public var mounts: @Sendable () -> [Mount]
    /// `meminfo`.
    public var memory: @Sendable () -> [MemoryFigure]
    /// `uptime` and `stat`.
    public var times: @Sendable () -> SystemTimes

    /// Names the sources.
    public init(
        version: String, mounts: @escaping @Sendable () -> [Mount],
        memory: @escaping @Sendable () -> [MemoryFigure], times: @escaping @Sendable () -> SystemTimes
    ) {
        self.version = version
        self.mounts = mounts
        self.memory = memory
        self.times = times
    }
}

/// A line of `meminfo`: where memory is.
public struct MemoryFigure: Sendable, Equatable {
    /// As the line has it: `PoolTables`.
    public var label: String
    /// As JSON has it: `pool_tables`.
    public var member: String
    /// How much.
    public var bytes: UInt64
    /// The same by name, where it is of several: a line `Pools(NAME)` each, a member each of `pools_by_name`.
    public var parts: [Part]

    /// One of several.
    public struct Part: Sendable, Equatable {
        /// Which.
        public var name: String
        /// How much.
        public var bytes: UInt64

        /// Describes a part.
        public init(name: String, bytes: UInt64) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// Describes a line.
    public init(_ label: String, member: String, bytes: UInt64, parts: [Part] = []) {
        self.label = label
        self.member = member
        self.bytes = bytes
        self.parts = parts
    }
}

/// What was done in which time, since the start.
public struct SystemTimes: Sendable, Equatable {
    /// Time since the start.
    public var uptimeNanoseconds: UInt64 = 0
    /// CPU time spent in user mode since then, all threads together.
    public var userNanoseconds: UInt64 = 0
    /// CPU time spent in the kernel since then.
    public var systemNanoseconds: UInt64 = 0
    /// CPUs that the process may use.
    public var processors: Int = 1
    /// Context switches of its threads, voluntary or not.
    public var contextSwitches: UInt64 = 0
    /// When it started, in seconds since the epoch.
    public var startSeconds: UInt64 = 0
    /// Clients that there ever were.
    public var clientsEver: UInt64 = 0
    /// Clients whose request is being received or answered.
    public var clientsRunning: UInt64 = 0

    /// Nothing was done.
    public init() {}

    /// What the CPUs did not do for us: their time together, less ours.
    public var idleNanoseconds: UInt64 {
        let all = uptimeNanoseconds.multipliedReportingOverflow(by: UInt64(max(processors, 1))).partialValue
        let ours = userNanoseconds + systemNanoseconds
        return all > ours ? all - ours : 0
    }
}
