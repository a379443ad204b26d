internal import Bytes

/// Nodes by path that stay: open addressing with linear probing, and links from a directory to what stands in it.
///
/// A word of the table has the half of a path's hash that says where it belongs, and a node's place: looking for a path
/// touches hardly any node but its own, and making room touches none. The table grows by half, for what it has in spare
/// counts. All of this is guarded by the lock of ``EagerNodes``; nothing here calls out.
struct EagerTable: Sendable {
    private struct Slot: Sendable {
        var node: Node?
        var parent: Int32 = -1
        var firstChild: Int32 = -1
        var nextSibling: Int32 = -1
        var previousSibling: Int32 = -1
    }

    private var slots: [Slot] = []
    private var free: [Int32] = []
    private var words: [UInt64]  // half a hash, and slot + 1; 0 is free
    private var live = 0
    private var nodes: [NodeCounts]
    private let seed: UInt64
    /// Walks that found their path.
    private(set) var hits: UInt64 = 0
    /// How often something was taken out because that was told.
    private(set) var removals: UInt64 = 0

    /// An empty one.
    ///
    /// - Parameters:
    ///   - seed: what paths are hashed with.
    ///   - fileSystems: how many types of file systems there are.
    init(seed: UInt64, fileSystems: Int) {
        words = Array(repeating: 0, count: 64)
        nodes = Array(repeating: NodeCounts(), count: fileSystems)
        self.seed = seed
    }

    // MARK: looking

    /// The node of a path, for a walk.
    mutating func use(_ path: Span<UInt8>, hash: UInt64) -> Node? {
        guard let position = position(of: path, hash: hash) else { return nil }
        hits += 1
        return slots[Int(position)].node
    }

    /// The node of a path.
    func node(at path: Span<UInt8>) -> Node? { position(of: path).flatMap { slots[Int($0)].node } }

    /// The directories in which entries can come and go.
    func openDirectories() -> [Node] {
        slots.compactMap { slot in
            guard let node = slot.node, node.entry.directory?.children != nil else { return nil }
            return node
        }
    }

    private func position(of path: Span<UInt8>) -> Int32? { position(of: path, hash: Hash64.of(path, seed: seed)) }

    private func position(of path: Span<UInt8>, hash: UInt64) -> Int32? {
        var index = home(hash >> 32)
        while words[index] != 0 {
            if words[index] >> 32 == hash >> 32 {
                let position = slot(in: words[index])
                if slots[Int(position)].node?.stands(at: path) ?? false { return position }
            }
            index = following(index)
        }
        return nil
    }

    private func slot(in word: UInt64) -> Int32 { Int32(truncatingIfNeeded: word) - 1 }
    private func home(_ half: UInt64) -> Int { Int((half &* UInt64(words.count)) >> 32) }
    private func following(_ index: Int) -> Int { index + 1 == words.count ? 0 : index + 1 }

    // MARK: changing

    /// Takes in a node and those below it; nothing where there is one of that path, or none of its directory.
    ///
    /// - Parameters:
    ///   - made: the topmost first, each one behind its directory's.
    ///   - isMount: whether the topmost is that of a mount, the directory of which is not here.
    mutating func insert(_ made: [EagerMaking.Made], isMount: Bool) {
        let path = made[0].node.path
        let above = isMount ? -1 : position(of: path.parent)
        guard let above, position(of: path.span, hash: made[0].hash) == nil else { return }
        reserve(made.count)
        var places: [Int32] = []
        places.reserveCapacity(made.count)
        for one in made {
            let position = takeFree()
            slots[Int(position)].node = one.node
            adopt(position, by: one.parent >= 0 ? places[Int(one.parent)] : above)
            enter((one.hash & ~0xFFFF_FFFF) | UInt64(position + 1))
            count(position, 1)
            places.append(position)
        }
    }

    /// Takes out the node of a path and all below it.
    mutating func remove(at path: Span<UInt8>) {
        removals += 1
        if let position = position(of: path) { removeTree(position) }
    }

    /// Takes out a node whose subject has gone, from the topmost one that has gone with it.
    mutating func removeDead(at path: Span<UInt8>) {
        guard var position = position(of: path), isDead(position) else { return }
        while slots[Int(position)].parent >= 0, isDead(slots[Int(position)].parent) {
            position = slots[Int(position)].parent
        }
        removeTree(position)
    }

    /// Takes out all nodes whose subjects have gone.
    mutating func removeAllDead() {
        for position in slots.indices where isDead(Int32(position)) { removeTree(Int32(position)) }
    }

    private func isDead(_ position: Int32) -> Bool { slots[Int(position)].node?.isDead ?? false }

    private mutating func removeTree(_ top: Int32) {
        var pending = [top]
        while let position = pending.last {
            let child = slots[Int(position)].firstChild
            if child >= 0 {
                pending.append(child)
            } else {
                pending.removeLast()
                removeLeaf(position)
            }
        }
    }

    private mutating func removeLeaf(_ position: Int32) {
        guard let node = slots[Int(position)].node else { return }
        count(position, -1)
        let path = node.path
        leave(position, half: Hash64.of(path.span, seed: seed) >> 32)
        let slot = slots[Int(position)]
        if slot.previousSibling >= 0 {
            slots[Int(slot.previousSibling)].nextSibling = slot.nextSibling
        } else if slot.parent >= 0 {
            slots[Int(slot.parent)].firstChild = slot.nextSibling
        }
        if slot.nextSibling >= 0 { slots[Int(slot.nextSibling)].previousSibling = slot.previousSibling }
        slots[Int(position)] = Slot()
        free.append(position)
        live -= 1
    }

    private mutating func takeFree() -> Int32 {
        live += 1
        if let reused = free.popLast() { return reused }
        slots.append(Slot())
        return Int32(slots.count - 1)
    }

    private mutating func adopt(_ position: Int32, by parent: Int32) {
        slots[Int(position)].parent = parent
        if parent < 0 { return }
        let next = slots[Int(parent)].firstChild
        slots[Int(position)].nextSibling = next
        if next >= 0 { slots[Int(next)].previousSibling = position }
        slots[Int(parent)].firstChild = position
    }

    // MARK: the table

    /// Makes room for so many more: a table is at most seven tenths full.
    private mutating func reserve(_ count: Int) {
        guard (live + count) * 10 > words.count * 7 else { return }
        let old = words
        words = Array(repeating: 0, count: max((live + count) * 10 / 7 + 1, words.count * 3 / 2))
        for word in old where word != 0 { enter(word) }
    }

    private mutating func enter(_ word: UInt64) {
        var index = home(word >> 32)
        while words[index] != 0 { index = following(index) }
        words[index] = word
    }

    /// Takes a word out, and shifts those back that would not be found behind the hole.
    private mutating func leave(_ position: Int32, half: UInt64) {
        var hole = home(half)
        while words[hole] == 0 || slot(in: words[hole]) != position { hole = following(hole) }
        var index = following(hole)
        while words[index] != 0 {
            // It may move unless its home lies, going around, behind the hole and not behind itself.
            let home = home(words[index] >> 32)
            let stays = hole <= index ? hole < home && home <= index : hole < home || home <= index
            if !stays {
                words[hole] = words[index]
                hole = index
            }
            index = following(index)
        }
        words[hole] = 0
    }

    // MARK: counting

    /// What a node takes wherever it is: itself, its slot, and ten sevenths of a word.
    private static var shareBytes: Int { NodeBytes.node + MemoryLayout<Slot>.stride + 11 }

    private mutating func count(_ position: Int32, _ sign: Int) {
        guard let node = slots[Int(position)].node else { return }
        nodes[node.fileSystem].eager += sign
        nodes[node.fileSystem].bytes += sign * (Self.shareBytes + ownedBytes(of: node, slots[Int(position)].parent))
    }

    /// Bytes that go with a node beside its own: the path that it and those below it share, and a binding.
    private func ownedBytes(of node: Node, _ parent: Int32) -> Int {
        let path = node.place
        var bytes = 0
        if path.isComplete {
            bytes = path.heldBytes
        } else if node.entry.directory != nil {
            bytes = HeapBlock.bytes(ofArrayOf: UInt8.self, path.span.count + 1 + node.entry.name.utf8.count)
        }
        if let above = parent >= 0 ? slots[Int(parent)].node : nil, node.ownsBinding(below: above.bound) {
            bytes += NodeBytes.binding
        }
        return bytes
    }

    private var roomBytes: Int {
        HeapBlock.bytes(of: slots) + HeapBlock.bytes(of: words)
            + HeapBlock.bytes(of: free)
    }

    /// What there is, by the numbers of the file systems; the tables' spare room is the root's.
    func counts() -> [NodeCounts] {
        var counts = nodes
        counts[0].bytes += roomBytes - live * (Self.shareBytes - NodeBytes.node)
        return counts
    }

    /// Traps where what is written above does not hold.
    func checkInvariants() {
        #if DEBUG
            var counted = nodes.map { _ in NodeCounts() }
            var children = 0
            for (index, slot) in slots.enumerated() {
                guard let node = slot.node else { continue }
                let path = node.path
                precondition(position(of: path.span) == Int32(index), "a node is found by its path")
                counted[node.fileSystem].eager += 1
                counted[node.fileSystem].bytes += Self.shareBytes + ownedBytes(of: node, slot.parent)
                if slot.parent >= 0 {
                    let parent = slots[Int(slot.parent)].node?.path
                    precondition(parent?.span.equals(path.parent) ?? false, "a node is below its directory")
                }
                var child = slot.firstChild
                while child >= 0 {
                    precondition(slots[Int(child)].parent == Int32(index), "a child knows its directory")
                    children += 1
                    child = slots[Int(child)].nextSibling
                }
            }
            precondition(counted == nodes, "nodes and their bytes are counted, by file system")
            precondition(counted.reduce(0) { $0 + $1.eager } == live, "what there is by file system sums up")
            precondition(slots.count { $0.node != nil && $0.parent >= 0 } == children, "every child is linked")
            precondition(words.count { $0 != 0 } == live, "the table holds each node once")
            precondition(slots.count == live + free.count, "what is free is known")
        #endif
    }
}
