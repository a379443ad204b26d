/// A part of a histogram's entries: a hash table of rows, each of so many words.
///
/// Rows are kept 32 in a piece and stay where they are until all of them go: growing copies none, and a reader can copy
/// some at a time. A row is spoken of by its number. A value; its shard's lock protects it.
struct HistogramTable {
    private let layout: HistogramLayout
    /// The entries, ``HistogramLayout/stride`` words each.
    private var pieces: [[UInt64]] = []
    private var hashes: [UInt32] = []
    /// One more than the number of a row, 0 where there is none; at least twice as many as rows.
    private var slots = [UInt32](repeating: 0, count: 16)
    /// How often an entry was found or made.
    var hits: UInt64 = 0
    /// How often there was no room for one.
    var drops: UInt64 = 0
    /// How often all were forgotten.
    private(set) var generation = 0

    /// Rows in a piece.
    static let pieceRows = 32
    /// Bytes that an entry may take beside its words: a hash and up to four slots, both with room to grow.
    static let overheadBytes = 24

    init(_ layout: HistogramLayout) { self.layout = layout }

    /// Entries.
    var count: Int { hashes.count }

    /// A word of a row.
    @inline(__always)
    private subscript(row: Int, word: Int) -> UInt64 {
        get { pieces[row / Self.pieceRows][row % Self.pieceRows * layout.stride + word] }
        _modify { yield &pieces[row / Self.pieceRows][row % Self.pieceRows * layout.stride + word] }
    }

    /// The number of a key's row; nil where there is none.
    func row(of key: borrowing HistogramKey) -> Int? {
        let hash = UInt32(truncatingIfNeeded: key.hash)
        var place = Int(hash) & (slots.count - 1)
        while slots[place] != 0 {
            let row = Int(slots[place]) - 1
            if hashes[row] == hash, isEqual(key, row) { return row }
            place = (place + 1) & (slots.count - 1)
        }
        return nil
    }

    private func isEqual(_ key: borrowing HistogramKey, _ row: Int) -> Bool {
        for word in 0..<layout.sums where self[row, word] != key.words[word] { return false }
        return true
    }

    /// Makes a row for a key that has none.
    ///
    /// - Returns: its number; all but the key is zero.
    mutating func insert(_ key: borrowing HistogramKey) -> Int {
        if (count + 1) * 2 > slots.count { grow() }
        let row = count
        if row % Self.pieceRows == 0 {
            pieces.append([UInt64](repeating: 0, count: Self.pieceRows * layout.stride))
        }
        for word in 0..<layout.sums { self[row, word] = key.words[word] }
        let hash = UInt32(truncatingIfNeeded: key.hash)
        hashes.append(hash)
        place(hash, at: row)
        return row
    }

    private mutating func place(_ hash: UInt32, at row: Int) {
        var place = Int(hash) & (slots.count - 1)
        while slots[place] != 0 { place = (place + 1) & (slots.count - 1) }
        slots[place] = UInt32(row + 1)
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for (row, hash) in hashes.enumerated() { place(hash, at: row) }
    }

    /// The words of a piece of rows, which begins with a row, as far as there are rows.
    func copy(from row: Int) -> [UInt64] {
        let rows = min(count - row, Self.pieceRows)
        return rows > 0 ? Array(pieces[row / Self.pieceRows][..<(rows * layout.stride)]) : []
    }

    /// The words of one row.
    func copy(_ row: Int) -> [UInt64] {
        let start = row % Self.pieceRows * layout.stride
        return Array(pieces[row / Self.pieceRows][start..<(start + layout.stride)])
    }

    // MARK: an entry

    /// Adds to a sum.
    @inline(__always)
    mutating func add(_ value: UInt64, toSum index: Int, of row: Int) { self[row, layout.sums + index] &+= value }

    /// A variable's value, 0 before it was ever set; the place of its text says nothing.
    func variable(_ slot: Int, of row: Int) -> UInt64 { self[row, layout.variables + slot] }

    /// Whether a variable has a value.
    func isSet(_ slot: Int, of row: Int) -> Bool { self[row, layout.isSet] & (1 << UInt64(slot)) != 0 }

    /// Gives a variable a value.
    mutating func set(_ slot: Int, of row: Int, to value: UInt64) {
        self[row, layout.variables + slot] = value
        self[row, layout.isSet] |= 1 << UInt64(slot)
    }

    /// Takes a variable's value away; what it was can still be shown.
    mutating func unset(_ slot: Int, of row: Int) { self[row, layout.isSet] &= ~(1 << UInt64(slot)) }

    /// Gives a variable a text, of which as much is kept as there is room for, with a NUL.
    mutating func set(_ slot: Int, of row: Int, to text: Span<UInt8>, size: Int) {
        guard let start = layout.texts[slot] else { return }
        for word in 0..<HistogramLayout.textWords {
            var bits: UInt64 = 0
            for byte in 0..<8 {
                let index = word * 8 + byte
                if index < min(text.count, size - 1, HistogramLimit.textBytes - 1) {
                    bits |= UInt64(text[index]) << UInt64(byte * 8)
                }
            }
            self[row, start + word] = bits
            if bits >> 56 == 0 { break }
        }
        set(slot, of: row, to: 0)
    }

    /// A variable's text.
    func text(_ slot: Int, of row: Int) -> [UInt8] {
        guard let start = layout.texts[slot] else { return [] }
        return text(at: start, words: HistogramLayout.textWords, of: row)
    }

    /// Remembers who made an entry.
    mutating func setComm(_ comm: (UInt64, UInt64), of row: Int) {
        guard let start = layout.comm else { return }
        self[row, start] = comm.0
        self[row, start + 1] = comm.1
    }

    /// Who made an entry.
    func comm(of row: Int) -> [UInt8] {
        guard let start = layout.comm else { return [] }
        return text(at: start, words: 2, of: row)
    }

    private func text(at word: Int, words: Int, of row: Int) -> [UInt8] {
        let start = row % Self.pieceRows * layout.stride + word
        let piece = pieces[row / Self.pieceRows]
        return HistogramKey.text(piece.span.extracting(start..<(start + words)))
    }

    /// Forgets all entries and counts.
    mutating func clear() {
        pieces = []
        hashes = []
        slots = [UInt32](repeating: 0, count: 16)
        hits = 0
        drops = 0
        generation += 1
    }
}

/// The key of one hit, on the stack.
struct HistogramKey: ~Copyable {
    /// The keys one after the other; what is not used is zero.
    var words = InlineArray<48, UInt64>(repeating: 0)
    /// Of the words that are used.
    private(set) var hash: UInt64 = 0

    /// Stores text up to its NUL, as much as there is room for with a NUL behind it.
    mutating func store(_ text: Span<UInt8>, at word: Int, size: Int) {
        for index in 0..<min(text.count, size - 1) {
            if text[index] == 0 { return }
            words[word + index / 8] |= UInt64(text[index]) << UInt64(index % 8 * 8)
        }
    }

    /// Finishes it.
    mutating func seal(_ count: Int, seed: UInt64) {
        var state = seed
        for index in 0..<count {
            let product = (state ^ words[index]).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
            state = product.high ^ product.low ^ UInt64(index)
        }
        hash = state ^ (state >> 29)
    }

    /// The bytes of some words up to the first NUL.
    static func text(_ words: Span<UInt64>) -> [UInt8] {
        var text: [UInt8] = []
        for index in words.indices {
            var word = words[index]
            for _ in 0..<8 {
                let byte = UInt8(truncatingIfNeeded: word)
                if byte == 0 { return text }
                text.append(byte)
                word >>= 8
            }
        }
        return text
    }
}
