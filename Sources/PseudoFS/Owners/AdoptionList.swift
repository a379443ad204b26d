/// What an owner has adopted, in the order of adoption: an array of slots with links, so that any one can go at once.
///
/// 40 bytes an adoption. A value; who shares it, locks it. Nothing here calls out, and the closures that come out are to
/// be let go outside the lock.
struct AdoptionList {
    /// Where an adoption stands. The serial tells it from those that have its slot later.
    struct Place: Sendable, Equatable {
        let slot: Int32
        let serial: UInt32
    }

    private struct Slot {
        /// nil in a free slot.
        var remove: (@Sendable () -> Void)?
        var entries = 0
        var newer: Int32 = -1
        /// In a free slot the next free one.
        var older: Int32 = -1
        var serial: UInt32 = 0
    }

    private var slots: [Slot] = []
    private var newest: Int32 = -1
    private var oldest: Int32 = -1
    private var free: Int32 = -1
    /// How many there are.
    private(set) var count = 0
    /// How many entries they stand for.
    private(set) var entries = 0

    /// Adds one as the newest.
    mutating func append(entries: Int, _ remove: @escaping @Sendable () -> Void) -> Place {
        var slot = free
        if slot >= 0 {
            free = slots[Int(slot)].older
        } else {
            slot = Int32(slots.count)
            slots.append(Slot())
        }
        slots[Int(slot)].remove = remove
        slots[Int(slot)].entries = entries
        slots[Int(slot)].newer = -1
        slots[Int(slot)].older = newest
        if newest >= 0 { slots[Int(newest)].newer = slot } else { oldest = slot }
        newest = slot
        count += 1
        self.entries += entries
        return Place(slot: slot, serial: slots[Int(slot)].serial)
    }

    /// Takes one out.
    ///
    /// - Returns: what would have removed it; nil where it is out already.
    mutating func remove(_ place: Place) -> (@Sendable () -> Void)? {
        guard has(place) else { return nil }
        let slot = slots[Int(place.slot)]
        if slot.newer >= 0 { slots[Int(slot.newer)].older = slot.older } else { newest = slot.older }
        if slot.older >= 0 { slots[Int(slot.older)].newer = slot.newer } else { oldest = slot.newer }
        slots[Int(place.slot)] = Slot(older: free, serial: slot.serial &+ 1)
        free = place.slot
        count -= 1
        entries -= slot.entries
        return slot.remove
    }

    /// Has one stand for more entries, or fewer.
    mutating func add(_ entries: Int, to place: Place) {
        guard has(place) else { return }
        slots[Int(place.slot)].entries += entries
        self.entries += entries
    }

    private func has(_ place: Place) -> Bool {
        slots[Int(place.slot)].serial == place.serial && slots[Int(place.slot)].remove != nil
    }

    /// What removes them, the newest first.
    func forEachFromNewest(_ body: (@Sendable () -> Void) -> Void) {
        var slot = newest
        while slot >= 0 {
            if let remove = slots[Int(slot)].remove { body(remove) }
            slot = slots[Int(slot)].older
        }
    }

    /// Traps where links, counts and slots disagree; does nothing in a release build.
    func checkInvariants() {
        #if DEBUG
            var found = 0
            var sum = 0
            var newer: Int32 = -1
            var slot = newest
            while slot >= 0 {
                found += 1
                precondition(found <= slots.count, "the list has an end")
                precondition(slots[Int(slot)].newer == newer, "the links agree")
                precondition(slots[Int(slot)].remove != nil, "only what is adopted is listed")
                sum += slots[Int(slot)].entries
                (newer, slot) = (slot, slots[Int(slot)].older)
            }
            precondition(newer == oldest, "the list ends with the oldest")
            precondition(found == count && sum == entries, "adoptions and entries are counted")
            var unused = 0
            slot = free
            while slot >= 0 {
                unused += 1
                precondition(unused <= slots.count && slots[Int(slot)].remove == nil, "the free slots are free")
                slot = slots[Int(slot)].older
            }
            precondition(found + unused == slots.count, "each slot is used or free")
        #endif
    }
}
