/// The eight bytes every record begins with.
public struct RecordCommon: Sendable, Equatable {
    /// The event's id: `common_type`.
    public var type: UInt16
    /// Interrupts off, hard or soft interrupt and so on: `common_flags`.
    public var flags: UInt8
    /// Preemption depth in the low four bits, migration disabled in the high four.
    public var preemptCount: UInt8
    /// Who caused it: `common_pid`.
    public var pid: Int32

    /// Bytes it takes.
    public static var size: Int { 8 }

    /// Makes the head of a record.
    public init(type: UInt16, flags: UInt8 = 0, preemptCount: UInt8 = 0, pid: Int32) {
        self.type = type
        self.flags = flags
        self.preemptCount = preemptCount
        self.pid = pid
    }

    /// Reads the head of a record; what a cut record lacks is 0.
    public init(of record: Span<UInt8>) {
        type = UInt16(truncatingIfNeeded: record.number(at: 0, size: 2))
        flags = UInt8(truncatingIfNeeded: record.number(at: 2, size: 1))
        preemptCount = UInt8(truncatingIfNeeded: record.number(at: 3, size: 1))
        pid = Int32(truncatingIfNeeded: record.number(at: 4, size: 4))
    }
}
