/// What a ``RecordingParser`` calls while it reads.
public protocol RecordingHandler: ~Copyable {
    /// The header was read: called once, before everything else.
    mutating func began(_ header: RecordingHeader)
    /// An operation, in the order of the recording; times may go back a little.
    mutating func happened(_ operation: TrafficOperation)
    /// Events were lost here.
    ///
    /// - Parameter count: how many, of any pool; nil where that is not known.
    mutating func lost(_ count: UInt64?)
}
