/// Which pages there are, for a hand that goes round: a bit a page, and above each 64 words a word that says which are not
/// zero, so that the next page is found in a step for each level however many are missing between.
struct PageRing {
    /// The bits, and above them the words' bits, up to a single word.
    private var levels: [[UInt64]] = [[0]]

    /// Adds a page.
    mutating func insert(_ slot: UInt32) {
        if Int(slot) >> 6 >= levels[0].count { grow(to: Int(slot) + 1) }
        var index = Int(slot)
        for level in levels.indices {
            levels[level][index >> 6] |= 1 << UInt64(index & 63)
            index >>= 6
        }
    }

    /// Takes a page out.
    mutating func remove(_ slot: UInt32) {
        var index = Int(slot)
        for level in levels.indices {
            levels[level][index >> 6] &= ~(1 << UInt64(index & 63))
            if levels[level][index >> 6] != 0 { return }
            index >>= 6
        }
    }

    /// The first page from one on; round the end, where there is none behind.
    func next(from slot: UInt32) -> UInt32? { find(from: Int(slot)) ?? find(from: 0) }

    private func find(from start: Int) -> UInt32? {
        var index = start
        for level in levels.indices {
            let word = index >> 6
            if word < levels[level].count {
                let bits = levels[level][word] & (~0 << UInt64(index & 63))
                if bits != 0 { return descend(from: level, word << 6 | bits.trailingZeroBitCount) }
            }
            index = word + 1
        }
        return nil
    }

    private func descend(from level: Int, _ found: Int) -> UInt32 {
        var found = found
        for level in (0..<level).reversed() { found = found << 6 | levels[level][found].trailingZeroBitCount }
        return UInt32(found)
    }

    private mutating func grow(to slots: Int) {
        let words = max((slots + 63) / 64, levels[0].count * 2)
        levels[0] += [UInt64](repeating: 0, count: words - levels[0].count)
        levels.removeSubrange(1...)
        while let below = levels.last, below.count > 1 {
            var words = [UInt64](repeating: 0, count: (below.count + 63) / 64)
            for index in below.indices where below[index] != 0 { words[index >> 6] |= 1 << UInt64(index & 63) }
            levels.append(words)
        }
    }

    var stateBytes: Int { levels.reduce(0) { $0 + $1.capacity * 8 } }
}
