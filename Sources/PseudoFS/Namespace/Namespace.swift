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
    let seed: UInt64
    /// The nodes of mounts that are eager; nil where none is.
    let eager: EagerNodes?
    private let unions: Unions
    /// How many entries were renamed: a walk that made nodes meanwhile is done again.
    let renames = Atomic<Int>(0)
    /// Who wants to hear of changes.
    public let watchers: Watchers
    /// Who has entries in it, by name.
    public let owners: Owners
    /// What is mounted where.
    public let mounts: [Mount]

    /// Builds the tree.
    ///
    /// - Parameters:
    ///   - mounts: file systems and their places; two at one place, or one below another, traps.
    ///   - files: what stands in the root beside them.
    ///   - limits: how much is kept.
    ///   - lanes: how many threads will walk at the same time; more is safe, they share.
    ///   - eager: the paths of mounts whose nodes are all made with what they stand for, and never reclaimed nor counted
    ///     against the limits, to be compared with; a path where nothing is mounted traps.
    ///   - probe: hears of nodes made and reclaimed.
    ///   - owners: a registry of its own; its owners' entries are to be in this tree.
    ///   - looking: who looks again after a change, where somebody watches.
    public init(
        mounts: [Mount], files: [DirectoryTableEntry<Always>] = [], limits: NodeLimits = NodeLimits(),
        lanes: Int = 1, eager: [String] = [], probe: (any NodeProbe)? = nil, owners: Owners = Owners(),
        looking: Watchers.Looking = .atOnce
    ) {
        let types = FileSystem.types(of: mounts)
        let seed = UInt64.random(in: .min ... .max)
        self.seed = seed
        self.owners = owners
        self.mounts = mounts
        watchers = Watchers(looking, mirrors: mounts.indices.filter { mounts[$0].fileSystem.reach == .everything })
        self.limits = limits
        cache = NodeCache(limits: limits, lanes: lanes, types: types, probe: probe)
        unions = Unions(countMax: limits.unionCountMax)
        let tree = MountTree(mounts, types: types)
        root = Node(
            EntryDefinition(
                name: "", directory: tree.rootTable(files: files, unions: unions).definition, bind: nil),
            SharedBinding(Binding(Always(identity: 1))), path: NodePath([0x2F], length: 1, nameStart: 1), fileSystem: 0)
        precondition(eager.allSatisfy { path in mounts.contains { $0.path == path } }, "nothing is mounted there")
        self.eager =
            eager.isEmpty ? nil : EagerNodes(mounts: eager, below: root, seed: seed, fileSystems: types.count)
        unions.attach(to: self)
        owners.see(self)
    }

    // MARK: holding, forgetting, measuring

    /// Holds a node in the cache for as long as the pin lives.
    public func pin(_ node: Node) -> NodePin { NodePin(node: node, cache: cache) }

    /// What the cache has done and holds.
    public var statistics: NodeStatistics {
        var statistics = cache.statistics
        eager?.add(to: &statistics)
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
    public func checkInvariants() {
        cache.checkInvariants()
        eager?.checkInvariants()
    }
}
