public import PseudoFS
public import TraceEngine

extension TraceInstance: Subject, NodeContext {
    /// The instance's number, which no other had.
    public var identity: UInt64 { id }
}

extension TraceEvent: Subject {
    /// The event's place in the list of all there were.
    public var identity: UInt64 { UInt64(order) << 32 | UInt64(id) }
}

extension EventDirectory: Subject {
    /// The directory's number, which no other had.
    public var identity: UInt64 { id }
}
