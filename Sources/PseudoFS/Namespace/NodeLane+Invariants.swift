internal import Bytes

/// The proof of it, for tests.
extension NodeLane {
    /// Traps where what is written above does not hold.
    func checkInvariants() {
        #if DEBUG
            var live = 0
            var counted = tally.nodes.map { sum in
                var rest = NodeCounts()
                rest.made = sum.made
                rest.reclaimed = sum.reclaimed
                return rest
            }
            var listed = 0
            var children = [Int32](repeating: 0, count: slots.count)
            for (index, slot) in slots.enumerated() where nodes[index] != nil && slot.parent >= 0 {
                children[Int(slot.parent)] += 1
            }
            for (index, slot) in slots.enumerated() {
                guard let node = nodes[index] else { continue }
                live += 1
                counted[node.fileSystem].live += 1
                counted[node.fileSystem].bytes += Self.shareBytes + Int(slot.owned)
                if slot.pins > 0 || slot.heldByState { counted[node.fileSystem].pinned += 1 }
                if slot.isListed { listed += 1 }
                precondition(node.slot == Int32(index), "a node knows its place")
                precondition(slot.children == children[index], "children are counted")
                precondition(
                    slot.isListed == (slot.children == 0 && slot.pins == 0 && !slot.heldByState),
                    "just what is reclaimable is in the list")
                let path = node.path
                precondition(position(of: path.span, hash: slot.hash) == Int32(index), "a node is found by its path")
                let parent = slot.parent >= 0 ? nodes[Int(slot.parent)]?.path : nil
                precondition(parent?.span.equals(path.parent) ?? path.parent.isEmpty, "a node is below its parent")
            }
            var walked = 0
            var position = newest
            while position >= 0 {
                walked += 1
                precondition(walked <= listed, "the list has an end")
                position = slots[Int(position)].older
            }
            precondition(walked == listed, "the list is whole")
            precondition(counted == tally.nodes, "live, pinned and bytes are counted, by file system")
            precondition(live == self.live, "what is live by file system sums up")
            for sum in tally.nodes { precondition(sum.made - sum.reclaimed == UInt64(sum.live), "made and gone") }
            precondition(roomBytes >= live * (Self.shareBytes - NodeBytes.node), "a node takes no more than there is")
            precondition(table.count { $0 != 0 } == live, "the table holds each node once")
        #endif
    }
}
