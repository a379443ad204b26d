internal import Bytes
internal import Locking
internal import Synchronization

/// The nodes made so far: "the dcache", bounded, reclaimed least recently used first, pinned by holders.
///
/// One lane for each server thread, so that two threads walking `/tracing` touch no lock and no reference count of
/// each other; a path that two threads look at has a node in each lane, which costs memory and nothing else, because
/// nodes hold no state. One atomic count bounds them all together.
///
/// Lock order: a lane's lock is taken alone, never two at once, and nothing is called out to under it.
final class NodeCache: Sendable {
    private let lanes: [Lane]
    private let live = Atomic<Int>(0)
    private let reserved = Atomic<Int>(0)
    private let limit: Atomic<Int>
    let reserveMax: Int
    private let probe: ProbeBox?
    /// The types of file systems, by the numbers that nodes have of them.
    private let types: [String]

    /// Lanes are made one behind the other: two cache lines at each end keep the words that one thread writes at every
    /// walk away from those of the next.
    private final class Lane: Sendable {
        private let before = InlineArray<16, UInt64>(repeating: 0)
        let nodes: Locked<NodeLane>
        private let behind = InlineArray<16, UInt64>(repeating: 0)

        init(fileSystems: Int) { nodes = Locked(NodeLane(fileSystems: fileSystems)) }
    }

    init(limits: NodeLimits, lanes: Int, types: [String], probe: (any NodeProbe)?) {
        self.lanes = (0..<max(lanes, 1)).map { _ in Lane(fileSystems: types.count) }
        self.types = types
        limit = Atomic(limits.nodeCountMax)
        reserveMax = limits.reserveCountMax
        self.probe = probe.map(ProbeBox.init)
    }

    var nodeCountMax: Int { limit.load(ordering: .relaxed) }

    private func lane(_ index: Int) -> Lane { lanes[index] }

    /// The lane for any number.
    func laneIndex(for number: Int) -> Int { Int(UInt(bitPattern: number) % UInt(lanes.count)) }

    /// The node of a whole path, if this lane has it.
    func node(at path: Span<UInt8>, hash: UInt64, lane index: Int) -> Node? {
        lane(index).nodes.withLock { nodes in
            guard let position = nodes.position(of: path, hash: hash) else { return nil }
            nodes.countHit()
            return nodes.use(position)
        }
    }

    /// The deepest directory on the way to a path that this lane has: one lock for all prefixes.
    ///
    /// - Parameters:
    ///   - path: the whole path.
    ///   - trail: its names.
    ///   - index: the lane.
    /// - Returns: the node, and how many names it covers; nil and 0 where not even the first is there.
    func deepest(on path: Span<UInt8>, _ trail: PathTrail, lane index: Int) -> (node: Node?, names: Int) {
        lane(index).nodes.withLock { nodes in
            nodes.countMiss()
            var names = trail.count
            while names > 0 {
                let prefix = path.extracting(0..<trail.end(names - 1))
                if let position = nodes.position(of: prefix, hash: trail.hash(names - 1)) {
                    return (nodes.use(position), names)
                }
                names -= 1
            }
            return (nil, 0)
        }
    }

    /// Takes in the nodes that a walk has made, each one the child of the one before.
    ///
    /// - Parameters:
    ///   - chain: at least one node, that of the whole path first; empty afterwards if they were taken in.
    ///   - parent: the directory of the last of them.
    ///   - trail: the path's names.
    ///   - index: the lane.
    /// - Returns: whether they were taken; false where everything is pinned and the limit is reached, and then none was.
    func insert(_ chain: inout [Node], below parent: Node, _ trail: PathTrail, lane index: Int) -> Bool {
        let count = chain.count
        guard takeRoom(count, lane: index) else {
            lane(index).nodes.withLock { $0.countRefusal() }
            return false
        }
        var told: [Node] = []
        if let probe, probe.isEnabled { told = chain.reversed() }
        guard lane(index).nodes.withLock({ $0.insert(&chain, below: parent, trail, lane: index) }) else {
            live.subtract(count, ordering: .relaxed)
            return true
        }
        for node in told { probe?.made(node) }
        return true
    }

    /// The directories that a node stands in, the nearest first; the root is none of them.
    func parents(of node: Node) -> [Node] {
        guard node.laneIndex >= 0 else { return [] }
        return lane(Int(node.laneIndex)).nodes.withLock { $0.parents(of: node.slot) }
    }

    // MARK: reclaiming

    /// Counts some nodes more, reclaiming others where the limit is passed. Takes all the places or none.
    private func takeRoom(_ count: Int, lane index: Int) -> Bool {
        var excess = live.add(count, ordering: .relaxed).newValue - nodeCountMax
        excess = min(excess, count)
        while excess > 0 {
            let found =
                reclaimOne(lane: index) || reclaimOneElsewhere(than: index)
                || (letGoOfState() && (reclaimOne(lane: index) || reclaimOneElsewhere(than: index)))
            guard found else {
                live.subtract(count, ordering: .relaxed)
                return false
            }
            excess -= 1
        }
        return true
    }

    private func reclaimOne(lane index: Int) -> Bool {
        guard let node = lane(index).nodes.withLock({ $0.removeOldest() }) else { return false }
        live.subtract(1, ordering: .relaxed)
        if let probe, probe.isEnabled { probe.reclaimed(node) }
        return true
    }

    private func reclaimOneElsewhere(than own: Int) -> Bool {
        for index in lanes.indices where index != own {
            if reclaimOne(lane: index) { return true }
        }
        return false
    }

    /// Lets go of the control files whose state is no longer what kept them.
    private func letGoOfState() -> Bool {
        var found = false
        for lane in lanes {
            let held = lane.nodes.withLock { $0.heldByState() }
            for node in held where !node.isHeldByState {
                lane.nodes.withLock { nodes in
                    if node.slot >= 0 { nodes.setHeldByState(node.slot, false) }
                }
                found = true
            }
        }
        return found
    }

    /// Removes the node of a path, and those below it, from every lane: what it stood for has gone.
    func prune(_ path: Span<UInt8>, hash: UInt64) {
        for lane in lanes {
            let gone = lane.nodes.withLock { nodes in
                guard let position = nodes.position(of: path, hash: hash) else { return [Node]() }
                return nodes.removeTree(position)
            }
            live.subtract(gone.count, ordering: .relaxed)
            if let probe, probe.isEnabled { for node in gone { probe.reclaimed(node) } }
        }
    }

    /// Removes all nodes whose subjects have gone. A part of a lane at a time, so that nobody waits for it long; subjects
    /// are asked outside the lock.
    func forgetDead() {
        let count = 1024
        for lane in lanes {
            var start = 0
            while true {
                let (nodes, isEnd) = lane.nodes.withLock { $0.nodes(from: start, count: count) }
                start += count
                for node in nodes where node.isDead {
                    let gone = lane.nodes.withLock { node.slot >= 0 ? $0.removeTree(node.slot) : [] }
                    live.subtract(gone.count, ordering: .relaxed)
                    if let probe, probe.isEnabled { for node in gone { probe.reclaimed(node) } }
                }
                if isEnd { break }
            }
        }
    }

    /// Changes how many nodes there may be, reclaiming what is too many and can go.
    func setLimit(_ count: Int) {
        limit.store(count, ordering: .relaxed)
        while live.load(ordering: .relaxed) > count {
            var found = false
            for index in lanes.indices where reclaimOne(lane: index) { found = true }
            if !found { return }
        }
    }

    // MARK: holding

    func pin(_ node: Node) { change(node) { $0.pin($1) } }
    func unpin(_ node: Node) { change(node) { $0.unpin($1) } }

    /// Keeps or lets go of a control file after its state was changed through it.
    func updateHold(of node: Node) {
        let held = node.isHeldByState
        change(node) { $0.setHeldByState($1, held) }
    }

    private func change(_ node: Node, _ body: (inout NodeLane, Int32) -> Void) {
        guard node.laneIndex >= 0 else { return }
        lane(Int(node.laneIndex)).nodes.withLock { nodes in
            if node.slot >= 0 { body(&nodes, node.slot) }
        }
    }

    // MARK: the reserve

    /// Takes a place for a node that is made for one walk only.
    func takeReserve(lane index: Int) -> Bool {
        if reserved.add(1, ordering: .relaxed).newValue > reserveMax {
            reserved.subtract(1, ordering: .relaxed)
            return false
        }
        lane(index).nodes.withLock { $0.countReserved() }
        return true
    }

    func returnReserve() { reserved.subtract(1, ordering: .relaxed) }

    // MARK: looking at it

    var statistics: NodeStatistics {
        var sum = NodeStatistics(parts: types.map { NodeStatistics.Part(type: $0) })
        for lane in lanes {
            let part = lane.nodes.withLock { $0.counts() }
            for number in part.nodes.indices { sum.parts[number].nodes += part.nodes[number] }
            sum.hits += part.hits
            sum.misses += part.misses
            sum.refused += part.refused
            sum.reserved += part.reserved
        }
        return sum
    }

    func checkInvariants() {
        for lane in lanes { lane.nodes.withLock { $0.checkInvariants() } }
    }
}
