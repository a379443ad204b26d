internal import Bytes

/// Nodes of one file system, or of all together.
public struct NodeCounts: Sendable, Equatable {
    /// Nodes in the cache now, those made with their directories not counted.
    public var live = 0
    /// Nodes that somebody holds: a stream, a watcher, the state that a control file set.
    public var pinned = 0
    /// Nodes made since the start, those made with their directories not counted.
    public var made: UInt64 = 0
    /// Nodes reclaimed since the start, because room was needed or what they stood for had gone.
    public var reclaimed: UInt64 = 0
    /// Nodes made with their directories, which are there as long as what they stand for: `--eager`.
    public var eager = 0
    /// Bytes that nodes take, with their places in the cache and the paths and bindings that go with them. What the
    /// cache's tables have in spare is the root's.
    public var bytes = 0

    /// Nothing yet.
    public init() {}

    mutating func countMade(bytes held: Int) {
        live += 1
        made += 1
        bytes += held
    }

    mutating func countReclaimed(bytes held: Int, wasPinned: Bool) {
        live -= 1
        reclaimed += 1
        bytes -= held
        if wasPinned { pinned -= 1 }
    }

    static func += (sum: inout NodeCounts, part: NodeCounts) {
        sum.live += part.live
        sum.pinned += part.pinned
        sum.made += part.made
        sum.reclaimed += part.reclaimed
        sum.eager += part.eager
        sum.bytes += part.bytes
    }
}

/// What the node cache has done and holds: the files of `/sys/fs/jitfs`.
public struct NodeStatistics: Sendable, Equatable {
    /// Nodes of one type of file system: all its mounts together, as `/proc/filesystems` names them.
    public struct Part: Sendable, Equatable {
        /// `tracefs`; `rootfs` for the root and what stands above the mounts.
        public let type: String
        /// Its nodes.
        public var nodes = NodeCounts()
    }

    /// Nodes by type of file system, `rootfs` first.
    public var parts: [Part]
    /// Walks that found their path whole.
    public var hits: UInt64 = 0
    /// Walks that had to look something up.
    public var misses: UInt64 = 0
    /// Walks that were refused with ENOMEM because every node was pinned.
    public var refused: UInt64 = 0
    /// Unions that were refused because there were too many.
    public var unionsRefused: UInt64 = 0
    /// Walks that lived on the reserve since the start.
    public var reserved: UInt64 = 0

    /// Nodes of all file systems together.
    public var total: NodeCounts { parts.reduce(into: NodeCounts()) { $0 += $1.nodes } }
    /// Nodes of one type of file system; nothing where there is none of that name.
    public subscript(type type: String) -> NodeCounts { parts.first { $0.type == type }?.nodes ?? NodeCounts() }

    /// As ``NodeCounts/live``, of all.
    public var live: Int { total.live }
    /// As ``NodeCounts/pinned``, of all.
    public var pinned: Int { total.pinned }
    /// As ``NodeCounts/made``, of all.
    public var made: UInt64 { total.made }
    /// As ``NodeCounts/reclaimed``, of all.
    public var reclaimed: UInt64 { total.reclaimed }
    /// As ``NodeCounts/eager``, of all.
    public var eager: Int { total.eager }
    /// As ``NodeCounts/bytes``, of all.
    public var bytes: Int { total.bytes }
}

/// What one lane has counted: by the numbers of the file systems, and of walks.
struct NodeTally: Sendable {
    var nodes: [NodeCounts]
    var hits: UInt64 = 0
    var misses: UInt64 = 0
    var refused: UInt64 = 0
    var reserved: UInt64 = 0
}

/// Bytes of memory of what the cache is made of.
enum NodeBytes {
    /// A ``Node``: its head, entry, binding, path and place.
    static let node = HeapBlock.bytes(of: 56)
    /// A ``SharedBinding``: its head and the binding.
    static let binding = HeapBlock.bytes(ofMembers: MemoryLayout<Binding>.size)
}
