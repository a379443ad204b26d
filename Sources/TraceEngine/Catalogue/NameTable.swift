internal import Bytes

/// What a ``NameTable`` can hold.
protocol Named: AnyObject, Sendable {
    /// Never changes while it is in a table.
    var name: String { get }
}

/// Objects by name, looked up by the bytes of the name without making a string.
///
/// Open addressing with linear probing, at most half full: 32 to 64 bytes an object, one or two probes a look-up
/// (about 20 ns). A value; who shares it, locks it.
struct NameTable<Element: Named>: Sendable {
    private struct Slot: Sendable {
        var hash: UInt64 = 0
        var element: Element?
    }

    private let seed: UInt64
    private var slots: [Slot] = []
    /// How many objects are held.
    private(set) var count = 0

    /// An empty table.
    ///
    /// - Parameter seed: random where strangers choose the names.
    init(seed: UInt64) { self.seed = seed }

    /// Bytes of the table itself.
    var heldBytes: Int { HeapBlock.bytes(of: slots) }

    /// The object of a name.
    subscript(name: Span<UInt8>) -> Element? {
        guard count > 0 else { return nil }
        let hash = Hash64.of(name, seed: seed)
        var place = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while let element = slots[place].element {
            if slots[place].hash == hash && name.equals(element.name) { return element }
            place = (place + 1) & (slots.count - 1)
        }
        return nil
    }

    /// Adds an object.
    ///
    /// - Returns: false, and nothing is changed, where there is one of that name.
    mutating func insert(_ element: Element) -> Bool {
        if self[element.name.utf8Span.span] != nil { return false }
        if (count + 1) * 2 > slots.count { grow() }
        place(Slot(hash: Hash64.of(element.name.utf8Span.span, seed: seed), element: element))
        count += 1
        return true
    }

    /// Removes an object.
    ///
    /// - Returns: false where it is not the one of its name.
    mutating func remove(_ element: Element) -> Bool {
        guard count > 0 else { return false }
        let mask = slots.count - 1
        var hole = Int(truncatingIfNeeded: Hash64.of(element.name.utf8Span.span, seed: seed)) & mask
        while slots[hole].element !== element {
            if slots[hole].element == nil { return false }
            hole = (hole + 1) & mask
        }
        // What stands behind the hole moves into it, unless it stands before its own place then.
        var next = (hole + 1) & mask
        while slots[next].element != nil {
            let home = Int(truncatingIfNeeded: slots[next].hash) & mask
            if (next - home) & mask >= (next - hole) & mask {
                slots[hole] = slots[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        slots[hole].element = nil
        count -= 1
        return true
    }

    /// All objects, sorted by the bytes of their names.
    var sorted: [Element] {
        var all: [Element] = []
        all.reserveCapacity(count)
        for slot in slots { if let element = slot.element { all.append(element) } }
        all.sort { Self.precedes($0.name, $1.name) }
        return all
    }

    /// Order by bytes, as `ls` in the C locale.
    static func precedes(_ left: String, _ right: String) -> Bool {
        let left = left.utf8Span.span
        let right = right.utf8Span.span
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            return left[index] < right[index]
        }
        return left.count < right.count
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(), count: max(8, old.count * 2))
        for slot in old where slot.element != nil { place(slot) }
    }

    private mutating func place(_ slot: Slot) {
        var place = Int(truncatingIfNeeded: slot.hash) & (slots.count - 1)
        while slots[place].element != nil { place = (place + 1) & (slots.count - 1) }
        slots[place] = slot
    }
}
