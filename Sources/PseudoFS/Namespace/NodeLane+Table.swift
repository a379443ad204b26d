internal import Bytes

/// The table by path: open addressing, linear probing, deletion by shifting back.
extension NodeLane {
    /// The node of that path, not moved in the list.
    func position(of path: Span<UInt8>, hash: UInt64) -> Int32? {
        let mask = table.count - 1
        var index = Int(truncatingIfNeeded: hash) & mask
        while table[index] != 0 {
            let slot = table[index] - 1
            if slots[Int(slot)].hash == hash, let known = nodes[Int(slot)]?.path, known.span.equals(path) {
                return slot
            }
            index = (index + 1) & mask
        }
        return nil
    }

    mutating func enter(_ position: Int32, hash: UInt64) {
        let mask = table.count - 1
        var index = Int(truncatingIfNeeded: hash) & mask
        while table[index] != 0 { index = (index + 1) & mask }
        table[index] = position + 1
    }

    mutating func leave(_ position: Int32, hash: UInt64) {
        let mask = table.count - 1
        var index = Int(truncatingIfNeeded: hash) & mask
        while table[index] != position + 1 { index = (index + 1) & mask }
        var hole = index
        var next = (index + 1) & mask
        while table[next] != 0 {
            let home = Int(truncatingIfNeeded: slots[Int(table[next] - 1)].hash) & mask
            // It may move into the hole unless its home lies cyclically behind the hole.
            if (next &- home) & mask >= (next &- hole) & mask {
                table[hole] = table[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        table[hole] = 0
    }

    mutating func rehash() {
        var size = table.count
        while size < live * 2 { size *= 2 }
        table = Array(repeating: 0, count: size)
        for index in slots.indices where nodes[index] != nil { enter(Int32(index), hash: slots[index].hash) }
    }
}
