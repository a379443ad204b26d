/// What the node cache has done and holds: the files of `/sys/fs/jitfs`.
public struct NodeStatistics: Sendable, Equatable {
    /// Nodes in the cache now.
    public var live = 0
    /// Nodes that somebody holds: a stream, a watcher, the state that a control file set.
    public var pinned = 0
    /// Nodes made since the start.
    public var made: UInt64 = 0
    /// Nodes reclaimed since the start, because room was needed or what they stood for had gone.
    public var reclaimed: UInt64 = 0
    /// Walks that found their path whole.
    public var hits: UInt64 = 0
    /// Walks that had to look something up.
    public var misses: UInt64 = 0
    /// Walks that were refused with ENOMEM because every node was pinned.
    public var refused: UInt64 = 0
    /// Unions that were refused because there were too many.
    public var unionsRefused: UInt64 = 0
    /// Nodes made out of the reserve since the start.
    public var reserved: UInt64 = 0
}
