internal import Bytes

/// Finds a name among the fixed entries of a table: one hash, about one comparison.
struct NameIndex: Sendable {
    private let names: [[UInt8]]
    private let slots: [UInt16]  // position + 1; 0 is free
    private let mask: Int

    init(_ names: [String]) {
        self.names = names.map { Array($0.utf8) }
        var capacity = 4
        while capacity < names.count * 2 { capacity *= 2 }
        mask = capacity - 1
        var slots = [UInt16](repeating: 0, count: capacity)
        for (position, name) in self.names.enumerated() {
            var slot = Int(truncatingIfNeeded: Hash64.of(name.span, seed: 0)) & mask
            while slots[slot] != 0 {
                precondition(self.names[Int(slots[slot]) - 1] != name, "a table names an entry twice")
                slot = (slot + 1) & mask
            }
            slots[slot] = UInt16(position + 1)
        }
        self.slots = slots
    }

    func position(of name: Span<UInt8>) -> Int? {
        var slot = Int(truncatingIfNeeded: Hash64.of(name, seed: 0)) & mask
        while slots[slot] != 0 {
            let position = Int(slots[slot]) - 1
            let candidate = names[position]
            if candidate.span.equals(name) { return position }
            slot = (slot + 1) & mask
        }
        return nil
    }
}
