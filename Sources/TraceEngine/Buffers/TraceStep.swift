/// What a reader of records found.
public enum TraceStep: Sendable, Equatable {
    /// A record; its payload is in the buffer that was given.
    case record(TraceRecordHeader)
    /// So many records of a lane were overwritten before its next one: `CPU:0 [LOST 580 EVENTS]`.
    case lost(cpu: Int, count: UInt64)
    /// Nothing more at present.
    case empty
    /// Nothing more for ever: the instance was removed.
    case ended
}
