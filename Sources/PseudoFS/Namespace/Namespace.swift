internal import Bytes
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
    }

    let cache: NodeCache
    private let root: Node
    private let limits: NodeLimits
    private let seed: UInt64
    private let eager: EagerNodes?
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
    ///   - eager: the paths of mounts whose nodes are all made with what they stand for, and never reclaimed nor counted
    ///     against the limits, to be compared with; a path where nothing is mounted traps.
    ///   - probe: hears of nodes made and reclaimed.
    public init(
        mounts: [Mount], files: [DirectoryTableEntry<Always>] = [], limits: NodeLimits = NodeLimits(),
        lanes: Int = 1, eager: [String] = [], probe: (any NodeProbe)? = nil
    ) {
        let types = FileSystem.types(of: mounts)
        let seed = UInt64.random(in: .min ... .max)
        self.seed = seed
        self.mounts = mounts
        self.limits = limits
        cache = NodeCache(limits: limits, lanes: lanes, types: types, probe: probe)
        root = Node(
            EntryDefinition(
                name: "", directory: MountTree(mounts, types: types).rootTable(files: files).definition, bind: nil),
            SharedBinding(Binding(Always(identity: 1))), path: NodePath([0x2F], length: 1, nameStart: 1),
            fileSystem: 0)
        precondition(eager.allSatisfy { path in mounts.contains { $0.path == path } }, "nothing is mounted there")
        self.eager =
            eager.isEmpty ? nil : EagerNodes(mounts: eager, below: root, seed: seed, fileSystems: types.count)
    }

    // MARK: walking

    /// Finds or makes the node of a path.
    ///
    /// - Parameters:
    ///   - path: absolute, decoded, without a trailing slash, `.` or `..`: `/tracing/tracing_on`.
    ///   - caller: whose lane is used.
    ///   - purpose: what for.
    /// - Returns: the node, held while the walk is.
    /// - Throws: ENOENT, ENOTDIR, ENAMETOOLONG (a name over 255 bytes, a path over its limit), ENOMEM where every node
    ///   is pinned and no more may be made.
    public func walk(_ path: Span<UInt8>, caller: Caller, purpose: Purpose = .look) throws(Failure) -> Walk {
        let lane = cache.laneIndex(for: caller.lane)
        if path.count <= limits.pathBytesMax {
            let hash = Hash64.of(path, seed: seed)
            if let eager, let node = eager.use(path, hash: hash) { return Walk(node: node) }
            if let node = cache.node(at: path, hash: hash, lane: lane) {
                if !node.isDead { return Walk(node: node) }
                pruneDead(node)
            }
        }
        return try walkSlowly(path, lane: lane, purpose: purpose)
    }

    private func walkSlowly(_ path: Span<UInt8>, lane: Int, purpose: Purpose) throws(Failure) -> Walk {
        if path.count == 1, path[0] == 0x2F { return Walk(node: root) }
        var ends = InlineArray<64, Int32>(repeating: 0)
        var hashes = InlineArray<64, UInt64>(repeating: 0)
        let count = try PathTrail.split(path, limits: limits, into: &ends)
        Hash64.ofPrefixes(path, ends: ends.span.extracting(0..<count), seed: seed, into: &hashes)
        let trail = PathTrail(
            ends: ends.span.extracting(0..<count), hashes: hashes.span.extracting(0..<count))
        var (found, known) = cache.deepest(on: path, trail, lane: lane)
        if let node = found, node.isDead {
            pruneDead(node)
            (found, known) = cache.deepest(on: path, trail, lane: lane)
            if found?.isDead ?? false { (found, known) = (nil, 0) }
        }
        if let found, known == count { return Walk(node: found) }
        let start = found ?? root
        var made: [Node] = []
        made.reserveCapacity(count - known)
        try make(trail, from: known, of: path, [UInt8](copying: path), below: start, into: &made)
        let node = made[0]
        var kept = count
        if !node.isKept {
            made.removeFirst()
            kept -= 1
            if made.isEmpty { return Walk(node: node) }
        }
        let way = PathTrail(ends: ends.span.extracting(0..<kept), hashes: hashes.span.extracting(0..<kept))
        if cache.insert(&made, below: start, way, lane: lane) { return Walk(node: node) }
        guard purpose == .change, cache.takeReserve(kept - known, lane: lane) else {
            throw Failure(.noMemory, "every node is pinned, and the limit is \(cache.nodeCountMax)")
        }
        return Walk(node: node, reserve: (cache, kept - known))
    }

    /// Makes the nodes of a path's names, the last one first in the array.
    ///
    /// It calls itself for the next name before it hands its own node on, so that a node is never copied.
    private func make(
        _ trail: PathTrail, from index: Int, of path: Span<UInt8>, _ text: [UInt8], below directory: Node,
        into made: inout [Node]
    ) throws(Failure) {
        let name = trail.name(index)
        let place = NodePath(text, length: name.upperBound, nameStart: name.lowerBound)
        guard let node = directory.child(named: path.extracting(name), path: place) else {
            let parent = String(repairing: path.extracting(0..<(name.lowerBound - 1)))
            throw directory.declaration.isDirectory
                ? Failure(.noSuchFileOrDirectory, "there is no \(parent)/\(String(repairing: path.extracting(name)))")
                : Failure(.notDirectory, "\(parent) is no directory")
        }
        if index + 1 < trail.count {
            try make(trail, from: index + 1, of: path, text, below: node, into: &made)
        }
        made.append(consume node)
    }

    /// Forgets a node whose subject has gone, from the topmost one that has gone with it.
    private func pruneDead(_ node: Node) {
        var top = node
        for parent in cache.parents(of: node) {
            guard parent.isDead else { break }
            top = parent
        }
        prune(top)
    }

    private func prune(_ node: Node) {
        let path = node.path
        cache.prune(path.span, hash: Hash64.of(path.span, seed: seed))
        eager?.remove(path.span)
    }

    // MARK: holding, forgetting, measuring

    /// Holds a node in the cache for as long as the pin lives.
    public func pin(_ node: Node) -> NodePin { NodePin(node: node, cache: cache) }

    /// To be told after a write through a node: the control file of what is now enabled is kept, who watches is called.
    public func changed(_ node: Node) {
        cache.updateHold(of: node)
        if let eager, node.changesEntries { eager.refresh() }
        watchers.changed()
    }

    /// To be told after an entry was made in a directory, through the tree or in process.
    ///
    /// - Parameters:
    ///   - name: the entry's.
    ///   - directory: where it stands.
    public func added(_ name: String, in directory: Node) {
        if let eager {
            let directory = directory.path
            let path = directory.joined(with: name)
            eager.add(path.span)
        }
        changed(directory)
    }

    /// To be told after a removal through a node: what was below it is forgotten at once.
    public func removed(_ node: Node) {
        if node.isDead { prune(node) }
        watchers.changed()
    }

    /// To be told after entries came or went in process, wherever that was. It costs nothing but where mounts are eager;
    /// those are gone through whole.
    public func refresh() {
        eager?.refresh()
        watchers.changed()
    }

    /// What the cache has done and holds.
    public var statistics: NodeStatistics {
        var statistics = cache.statistics
        eager?.add(to: &statistics)
        return statistics
    }

    /// How many nodes there may be. Fewer than there are reclaims what can go.
    public var nodeCountMax: Int {
        get { cache.nodeCountMax }
        set { cache.setLimit(newValue) }
    }

    /// How many nodes the reserve has.
    public var reserveCountMax: Int { cache.reserveMax }

    /// Traps where the cache contradicts itself; does nothing in a release build.
    public func checkInvariants() {
        cache.checkInvariants()
        eager?.checkInvariants()
    }
}
