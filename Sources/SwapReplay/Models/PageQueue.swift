/// Pages in an order, for policies that take the one that is last: a list through two arrays, 8 bytes a page.
struct PageQueue {
    private static let none = UInt32.max
    private struct Link {
        var before = PageQueue.none
        var after = PageQueue.none
    }

    private var links: [Link] = []
    private var first = Self.none
    private(set) var last: UInt32?

    /// Puts a page that is not in the queue to its front.
    mutating func insert(_ slot: UInt32) {
        while links.count <= Int(slot) { links.append(Link()) }
        links[Int(slot)] = Link(before: Self.none, after: first)
        if first != Self.none { links[Int(first)].before = slot } else { last = slot }
        first = slot
    }

    /// Takes a page out that is in it.
    mutating func remove(_ slot: UInt32) {
        let link = links[Int(slot)]
        if link.before != Self.none { links[Int(link.before)].after = link.after } else { first = link.after }
        if link.after != Self.none {
            links[Int(link.after)].before = link.before
        } else {
            last = link.before == Self.none ? nil : link.before
        }
    }

    /// Puts a page that is in it to its front.
    mutating func touch(_ slot: UInt32) {
        if first == slot { return }
        remove(slot)
        insert(slot)
    }

    var stateBytes: Int { links.capacity * MemoryLayout<Link>.stride }

    /// The pages from the front to the last, and traps where the links disagree. For checks.
    func members() -> [UInt32] {
        var slots: [UInt32] = []
        var before = Self.none
        var slot = first
        while slot != Self.none {
            precondition(links[Int(slot)].before == before, "a link leads elsewhere")
            slots.append(slot)
            before = slot
            slot = links[Int(slot)].after
        }
        precondition(slots.last == last, "the last one is another")
        return slots
    }
}
