internal import Bytes
internal import Synchronization
internal import SystemPackage

/// The tree: mounts, the walk along a path, and the nodes that walks have made.
///
/// ```swift
/// let walk = try namespace.walk(path.span, caller: caller, purpose: .look)
/// let reading = try walk.node.read()
/// ```
///
/// Safe from any thread. A walk to a path that this caller's lane knows costs about 100 ns, whatever its length; one
/// that knows nothing of it makes a node for each name. The node of a numbered file is made for one walk and not kept:
/// nothing in the cache's statistics speaks of it.
public final class Namespace: Sendable {
    /// What a walk is for.
    public enum Purpose: Sendable {
        /// Reading: no memory, no node.
        case look
        /// A change, which may use the reserve where the cache is full, provided that it turns something off.
        case change
        /// A change of the entry itself, its removal or its renaming: a link at the end of the path is not followed.
        case entry
        /// Making an entry: a union at the end of the path stands for its first branch.
        case create
    }

    /// Whether somebody may read what stands at a path: asked before a walk goes on elsewhere, through a link or a union.
    public typealias Permission = @Sendable (Span<UInt8>) -> Bool

    let cache: NodeCache
    let root: Node
    let limits: NodeLimits
    private let unions: Unions
    let seed = UInt64.random(in: .min ... .max)
    /// How many entries were renamed: a walk that made nodes meanwhile is done again.
    let renames = Atomic<Int>(0)
    /// Who wants to hear of changes.
    public let watchers = Watchers()
    /// What is mounted where.
    public let mounts: [Mount]

    /// Builds the tree.
    ///
    /// - Parameters:
    ///   - mounts: file systems and their places; two at one place, or one below another, traps.
    ///   - files: what stands in the root beside them.
    ///   - limits: how much is kept.
    ///   - lanes: how many threads will walk at the same time; more is safe, they share.
    ///   - probe: hears of nodes made and reclaimed.
    public init(
        mounts: [Mount], files: [DirectoryTableEntry<Always>] = [], limits: NodeLimits = NodeLimits(),
        lanes: Int = 1, probe: (any NodeProbe)? = nil
    ) {
        self.mounts = mounts
        self.limits = limits
        cache = NodeCache(limits: limits, lanes: lanes, probe: probe)
        unions = Unions(countMax: limits.unionCountMax)
        root = Node(
            EntryDefinition(
                name: "", directory: MountTree(mounts).rootTable(files: files, unions: unions).definition, bind: nil),
            SharedBinding(Binding(Always(identity: 1))), path: NodePath([0x2F], length: 1, nameStart: 1))
        unions.attach(to: self)
    }

    // MARK: holding, forgetting, measuring

    /// Holds a node in the cache for as long as the pin lives.
    public func pin(_ node: Node) -> NodePin { NodePin(node: node, cache: cache) }

    /// To be told after a write through a node: the control file of what is now enabled is kept, who watches is called.
    public func changed(_ node: Node) {
        cache.updateHold(of: node)
        watchers.changed()
    }

    /// To be told after a removal through a node: what was below it is forgotten at once.
    public func removed(_ node: Node) {
        if node.isDead { prune(node) }
        watchers.changed()
    }

    /// To be told after an entry was renamed: its node and those below it are at another path now.
    ///
    /// - Parameter node: the one that was walked to, by its old path.
    public func renamed(_ node: Node) {
        renames.add(1, ordering: .acquiringAndReleasing)
        prune(node)
        watchers.changed()
    }

    /// What the cache has done and holds.
    public var statistics: NodeStatistics {
        var statistics = cache.statistics
        statistics.unionsRefused = unions.refusedCount
        return statistics
    }

    /// How many nodes there may be. Fewer than there are reclaims what can go.
    public var nodeCountMax: Int {
        get { cache.nodeCountMax }
        set { cache.setLimit(newValue) }
    }

    /// How many union directories there may be in the root.
    public var unionCountMax: Int {
        get { unions.countMax }
        set { unions.countMax = newValue }
    }

    /// How many nodes the reserve has.
    public var reserveCountMax: Int { cache.reserveMax }

    /// Traps where the cache contradicts itself; does nothing in a release build.
    public func checkInvariants() { cache.checkInvariants() }
}
