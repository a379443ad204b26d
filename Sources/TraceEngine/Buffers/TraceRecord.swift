/// Who caused a record: the kernel's `current`.
///
/// The pid stands in the record; the name is looked up by it when the record is shown, as with the kernel's
/// `saved_cmdlines`.
public struct TraceTask: Sendable, Equatable {
    /// The process (for a client without one: the number of its connection).
    public var pid: Int32
    /// At most 15 bytes, as in the kernel's `comm`.
    public var comm: String

    /// Makes a task.
    public init(pid: Int32, comm: String) {
        self.pid = pid
        self.comm = comm
    }
}

/// What the ring buffer knows of a record beside its payload.
public struct TraceRecordHeader: Sendable, Equatable {
    /// Nanoseconds of the instance's clock.
    public var timestamp: UInt64
    /// The CPU lane.
    public var cpu: Int
    /// Who wrote it, which says whose task its pid is.
    public var source: TraceSource

    /// Makes a header.
    public init(timestamp: UInt64, cpu: Int, source: TraceSource = .local) {
        self.timestamp = timestamp
        self.cpu = cpu
        self.source = source
    }
}
