internal import Bytes

/// Finds a name among the fixed entries of a table: one hash, about one comparison.
struct NameIndex: Sendable {
    // One array for all names, so that comparing with one touches no reference count.
    private let bytes: [UInt8]
    private let ends: [Int32]
    private let slots: [UInt16]  // position + 1; 0 is free
    private let mask: Int
    /// A bit for each length that a name has: most names of the model are told from those here without a hash.
    private let lengths: UInt64

    init(_ names: [String]) {
        var bytes: [UInt8] = []
        var ends: [Int32] = []
        for name in names {
            bytes += name.utf8
            ends.append(Int32(bytes.count))
        }
        lengths = names.reduce(0) { $0 | Self.bit($1.utf8.count) }
        self.bytes = bytes
        self.ends = ends
        var capacity = 4
        while capacity < names.count * 2 { capacity *= 2 }
        mask = capacity - 1
        var slots = [UInt16](repeating: 0, count: capacity)
        for (position, name) in names.enumerated() {
            var slot = Int(truncatingIfNeeded: Hash64.of(name.utf8Span.span, seed: 0)) & mask
            while slots[slot] != 0 {
                precondition(names[Int(slots[slot]) - 1] != name, "a table names an entry twice")
                slot = (slot + 1) & mask
            }
            slots[slot] = UInt16(position + 1)
        }
        self.slots = slots
    }

    private static func bit(_ length: Int) -> UInt64 { 1 << UInt64(min(length, 63)) }

    func position(of name: Span<UInt8>) -> Int? {
        guard lengths & Self.bit(name.count) != 0 else { return nil }
        var slot = Int(truncatingIfNeeded: Hash64.of(name, seed: 0)) & mask
        while slots[slot] != 0 {
            let position = Int(slots[slot]) - 1
            let start = position == 0 ? 0 : Int(ends[position - 1])
            if bytes.span.extracting(start..<Int(ends[position])).equals(name) { return position }
            slot = (slot + 1) & mask
        }
        return nil
    }
}
