/// What keeps nodes from being reclaimed: pins, and the state that was set through them.
extension NodeLane {
    mutating func pin(_ position: Int32) {
        changePins(position) { $0.pins += 1 }
    }

    mutating func unpin(_ position: Int32) {
        precondition(slots[Int(position)].pins > 0, "unpinned more often than pinned")
        changePins(position) { $0.pins -= 1 }
    }

    mutating func setHeldByState(_ position: Int32, _ held: Bool) {
        changePins(position) { $0.heldByState = held }
    }

    /// The nodes that are kept only because of the state that they once set.
    func heldByState() -> [Node] { slots.indices.compactMap { slots[$0].heldByState ? nodes[$0] : nil } }

    private mutating func changePins(_ position: Int32, _ change: (inout Slot) -> Void) {
        let before = slots[Int(position)].pins > 0 || slots[Int(position)].heldByState
        change(&slots[Int(position)])
        let after = slots[Int(position)].pins > 0 || slots[Int(position)].heldByState
        guard before != after else { return }
        if let fileSystem = nodes[Int(position)]?.fileSystem {
            tally.nodes[fileSystem].pinned += after ? 1 : -1
        }
        if after {
            if slots[Int(position)].isListed { unlist(position) }
        } else {
            relist(position)
        }
    }
}
