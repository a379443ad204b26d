internal import Glibc

/// How much there may be of everything; a file each under `/sys/limits`.
public struct TraceLimits: Sendable, Equatable {
    /// Instances beside the top one; one more is ENFILE.
    public var instancesMax = 65_536
    /// Events in the catalogue, those of `ftrace/` not counted; one more is ENFILE. At most 65,504, as ids are u16.
    public var eventsMax = 60_000
    /// What all ring buffers together may map, bytes; more is ENOMEM. A quarter of RAM unless set.
    public var buffersBytesMax: Int = sysconf(Int32(_SC_PHYS_PAGES)) / 4 * sysconf(Int32(_SC_PAGESIZE))
    /// `buffer_size_kb` of a new instance, a CPU lane; 1408 as the kernel's, which reads 1410.
    public var bufferKilobytes: UInt64 = 1408
    /// Tasks whose names are remembered; the oldest are forgotten first.
    public var savedTasksMax = 4096

    /// The defaults.
    public init() {}
}
