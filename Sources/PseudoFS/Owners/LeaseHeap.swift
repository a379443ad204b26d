/// Leases by the time of their end, the earliest at hand: a binary heap in which each knows its place.
///
/// A lease without an end is in none. A value of the registry's, under its lock: no change costs more than the
/// logarithm of how many there are.
struct LeaseHeap {
    private var leases: [Lease] = []

    /// The one that runs out first.
    var first: Lease? { leases.first }

    /// Gives a lease another end, and the place that goes with it.
    mutating func set(_ end: UInt64, of lease: Lease) {
        lease.end = end
        if lease.place < 0 {
            if end == .max { return }
            lease.place = leases.count
            leases.append(lease)
        } else if end == .max {
            return remove(lease)
        }
        settle(lease.place)
    }

    /// Takes a lease out.
    mutating func remove(_ lease: Lease) {
        let place = lease.place
        if place < 0 { return }
        lease.place = -1
        let last = leases.removeLast()
        if last === lease { return }
        leases[place] = last
        last.place = place
        settle(place)
    }

    /// Moves the lease of a place up or down until the order is right.
    private mutating func settle(_ start: Int) {
        var place = start
        while place > 0, leases[place].end < leases[(place - 1) / 2].end {
            exchange(place, (place - 1) / 2)
            place = (place - 1) / 2
        }
        while true {
            var least = place
            for child in [2 * place + 1, 2 * place + 2] where child < leases.count {
                if leases[child].end < leases[least].end { least = child }
            }
            if least == place { return }
            exchange(place, least)
            place = least
        }
    }

    private mutating func exchange(_ left: Int, _ right: Int) {
        leases.swapAt(left, right)
        leases[left].place = left
        leases[right].place = right
    }

    /// How many leases have an end.
    var count: Int { leases.count }

    /// Traps where order and places disagree; does nothing in a release build.
    func checkInvariants() {
        #if DEBUG
            for (place, lease) in leases.enumerated() {
                precondition(lease.place == place, "a lease knows its place")
                precondition(place == 0 || leases[(place - 1) / 2].end <= lease.end, "none runs out before its parent")
                precondition(lease.end < .max, "a lease without end is in no heap")
            }
        #endif
    }
}
