internal import Bytes
internal import Synchronization

/// The nodes that one server thread has looked at: a table by path, and a list by last use of those without children.
///
/// Each lane is used by its own thread, so its lock is taken without contention (10 ns) and no reference count of a
/// node is touched by two threads; others come in only to reclaim. Nodes with children are in no list: they become
/// reclaimable when their last child goes, as a dentry does. Pinned nodes are in no list either.
///
/// All of this is guarded by the lane's lock in ``NodeCache``; nothing here calls out.
struct NodeLane: ~Copyable {
    struct Slot {
        var hash: UInt64 = 0
        var parent: Int32 = -1
        var newer: Int32 = -1
        var older: Int32 = -1
        var children: Int32 = 0
        var firstChild: Int32 = -1
        var nextSibling: Int32 = -1
        var previousSibling: Int32 = -1
        var pins: Int32 = 0
        var heldByState = false
        var isListed = false
        /// Bytes that go with it beside its own: a path, where it is the topmost of those that share it, and a binding.
        var owned: UInt16 = 0
    }

    // Apart from the links, so that following those touches no reference count.
    var nodes: [Node?] = []
    var slots: [Slot] = []
    var free: [Int32] = []
    var table: [Int32]  // slot + 1; 0 is free
    var newest: Int32 = -1
    private var oldest: Int32 = -1
    private(set) var live = 0
    var tally: NodeTally

    /// A lane for nodes of so many file systems.
    init(fileSystems: Int) {
        table = Array(repeating: 0, count: 64)
        tally = NodeTally(nodes: Array(repeating: NodeCounts(), count: fileSystems))
    }

    // MARK: looking

    /// The node there, made the newest.
    mutating func use(_ position: Int32) -> Node? {
        if slots[Int(position)].isListed, newest != position {
            unlist(position)
            list(position)
        }
        return nodes[Int(position)]
    }

    /// The nodes above that place, the nearest first.
    func parents(of position: Int32) -> [Node] {
        var parents: [Node] = []
        var next = position >= 0 ? slots[Int(position)].parent : -1
        while next >= 0, let node = nodes[Int(next)] {
            parents.append(node)
            next = slots[Int(next)].parent
        }
        return parents
    }

    /// The nodes of some places, and whether there are no further places.
    func nodes(from start: Int, count: Int) -> (nodes: [Node], isEnd: Bool) {
        let end = min(start + count, nodes.count)
        return (start < end ? nodes[start..<end].compactMap { $0 } : [], end == nodes.count)
    }

    mutating func countHit() { tally.hits += 1 }
    mutating func countMiss() { tally.misses += 1 }
    mutating func countRefusal() { tally.refused += 1 }
    mutating func countReserved() { tally.reserved += 1 }

    // MARK: changing

    /// Takes in nodes that a walk has made, each one the child of the one before; only the last can be reclaimed then.
    ///
    /// - Parameters:
    ///   - chain: at least one, the last child first; empty afterwards if they were taken in.
    ///   - directory: what the first child is the child of.
    ///   - trail: the names of the path to the last of them.
    ///   - lane: which lane this is.
    /// - Returns: false, and nothing is changed, where another thread reclaimed the parent of the first meanwhile, or
    ///   brought in a node of that name: the chain lives outside then.
    mutating func insert(
        _ chain: inout [Node], below directory: Node, _ trail: PathTrail, lane: Int
    ) -> Bool {
        let first = trail.count - chain.count
        var parent: Int32 = -1
        if first > 0 {
            parent = directory.slot
            if parent < 0 { return false }
        }
        let path = chain[chain.count - 1].path
        if position(of: path.span, hash: trail.hash(first)) != nil { return false }
        reserve(chain.count)
        if parent >= 0, slots[Int(parent)].isListed { unlist(parent) }
        var position = takeFree()
        var owned = path.heldBytes
        var above = directory.bound
        if parent >= 0 { adopt(position, by: parent) }
        for index in first..<trail.count {
            let child = index + 1 < trail.count ? takeFree() : -1
            let hash = trail.hash(index)
            let node = chain.removeLast()
            node.slot = position
            node.laneIndex = Int16(truncatingIfNeeded: lane)
            if node.ownsBinding(below: above) { owned += NodeBytes.binding }
            above = node.bound
            count(node, owned)
            nodes[Int(position)] = consume node
            slots[Int(position)].owned = UInt16(clamping: owned)
            owned = 0
            slots[Int(position)].hash = hash
            slots[Int(position)].parent = parent
            slots[Int(position)].firstChild = child
            slots[Int(position)].children = child >= 0 ? 1 : 0
            enter(position, hash: hash)
            (parent, position) = (position, child)
        }
        list(parent)
        return true
    }

    /// Makes room in the table, at most half full, and counts.
    private mutating func reserve(_ count: Int) {
        live += count
        if live * 2 > table.count { rehash() }
    }

    /// What a node takes in every lane: itself, its slot, and two words of the table, which is at most half full.
    static var shareBytes: Int { NodeBytes.node + MemoryLayout<Slot>.stride + 8 + 8 }

    private mutating func count(_ node: Node, _ owned: Int) {
        tally.nodes[node.fileSystem].countMade(bytes: Self.shareBytes + owned)
    }

    private mutating func uncount(_ node: Node, _ slot: Slot) {
        tally.nodes[node.fileSystem].countReclaimed(
            bytes: Self.shareBytes + Int(slot.owned), wasPinned: slot.pins > 0 || slot.heldByState)
    }

    private mutating func takeFree() -> Int32 {
        if let reused = free.popLast() { return reused }
        slots.append(Slot())
        nodes.append(nil)
        return Int32(slots.count - 1)
    }

    /// Takes a node without children out; its parent becomes reclaimable if that was its last child.
    mutating func remove(_ position: Int32) -> Node? {
        let slot = slots[Int(position)]
        precondition(slot.children == 0, "a node with children is not removed")
        if slot.isListed { unlist(position) }
        leave(position, hash: slot.hash)
        let node = nodes[Int(position)]
        if let node { uncount(node, slot) }
        node?.slot = -1
        nodes[Int(position)] = nil
        slots[Int(position)] = Slot()
        free.append(position)
        live -= 1
        if slot.parent >= 0 {
            release(slot, from: slot.parent)
            relist(slot.parent)
        }
        return node
    }

    /// Removes what was used longest ago.
    mutating func removeOldest() -> Node? { oldest >= 0 ? remove(oldest) : nil }

    /// Removes a node and everything below it that is in this lane: what it stands for has gone.
    mutating func removeTree(_ position: Int32) -> [Node] {
        var gone: [Node] = []
        var pending = [position]
        while let top = pending.last {
            if slots[Int(top)].children == 0 {
                pending.removeLast()
                if let node = remove(top) { gone.append(node) }
            } else {
                pending.append(slots[Int(top)].firstChild)
            }
        }
        return gone
    }

    private mutating func adopt(_ position: Int32, by parent: Int32) {
        let next = slots[Int(parent)].firstChild
        if next >= 0 {
            slots[Int(position)].nextSibling = next
            slots[Int(next)].previousSibling = position
        }
        slots[Int(parent)].firstChild = position
        slots[Int(parent)].children += 1
    }

    private mutating func release(_ child: Slot, from parent: Int32) {
        if child.previousSibling >= 0 {
            slots[Int(child.previousSibling)].nextSibling = child.nextSibling
        } else {
            slots[Int(parent)].firstChild = child.nextSibling
        }
        if child.nextSibling >= 0 { slots[Int(child.nextSibling)].previousSibling = child.previousSibling }
        slots[Int(parent)].children -= 1
    }

    /// Bytes of the tables, those that no node uses included.
    var roomBytes: Int {
        HeapBlock.bytes(of: slots) + HeapBlock.bytes(of: nodes)
            + HeapBlock.bytes(of: table) + HeapBlock.bytes(of: free)
    }

    /// What was counted; the tables' spare room is the root's.
    func counts() -> NodeTally {
        var tally = tally
        tally.nodes[0].bytes += roomBytes - live * (Self.shareBytes - NodeBytes.node)
        return tally
    }

    // MARK: the list by last use

    mutating func relist(_ position: Int32) {
        let slot = slots[Int(position)]
        if !slot.isListed, slot.children == 0, slot.pins == 0, !slot.heldByState { list(position) }
    }

    private mutating func list(_ position: Int32) {
        slots[Int(position)].isListed = true
        slots[Int(position)].older = newest
        slots[Int(position)].newer = -1
        if newest >= 0 { slots[Int(newest)].newer = position }
        newest = position
        if oldest < 0 { oldest = position }
    }

    mutating func unlist(_ position: Int32) {
        let slot = slots[Int(position)]
        if slot.newer >= 0 { slots[Int(slot.newer)].older = slot.older } else { newest = slot.older }
        if slot.older >= 0 { slots[Int(slot.older)].newer = slot.newer } else { oldest = slot.newer }
        slots[Int(position)].isListed = false
    }
}
