internal import SystemPackage

/// A node that was walked to, and the place of the reserve that this took, given back with it.
///
/// One place, however long the path: the nodes above have gone by the time that the walk is there, for a node knows no
/// parent.
public struct Walk: ~Copyable {
    /// The node. It stays usable after the walk, but may be reclaimed from the cache.
    public let node: Node
    /// Whether the node stands at another path than the one that was asked for: through a link or a union.
    public let isElsewhere: Bool
    // Only a walk on the reserve refers to the cache: otherwise all threads would count on one reference.
    private let reserve: NodeCache?

    init(node: Node, isElsewhere: Bool = false, reserve: NodeCache? = nil) {
        self.node = node
        self.isElsewhere = isElsewhere
        self.reserve = reserve
    }

    deinit { if let reserve { reserve.returnReserve() } }

    /// Requires that a write may happen: always, unless the walk lives on the reserve.
    ///
    /// - Parameter bytes: what is to be written.
    /// - Throws: ENOMEM where the cache is full of pinned nodes and the write turns nothing off.
    public func admit(write bytes: Span<UInt8>) throws(Failure) {
        if reserve != nil, !node.releases(bytes) { throw full }
    }

    /// Requires that an entry may be made.
    ///
    /// - Throws: as ``admit(write:)``.
    public func admitCreation() throws(Failure) { if reserve != nil { throw full } }

    /// Requires that a write may begin whose bytes are not known, or that a document may be exchanged: neither turns
    /// anything off.
    ///
    /// - Throws: as ``admit(write:)``.
    public func admitWrite() throws(Failure) { if reserve != nil { throw full } }

    private var full: Failure {
        Failure(.noMemory, "every node is pinned; only what turns something off is taken")
    }
}

/// Keeps a node in the cache: a stream or a watcher has one.
public final class NodePin: Sendable {
    /// The node.
    public let node: Node
    private let cache: NodeCache

    init(node: Node, cache: NodeCache) {
        self.node = node
        self.cache = cache
        cache.pin(node)
    }

    deinit { cache.unpin(node) }
}
