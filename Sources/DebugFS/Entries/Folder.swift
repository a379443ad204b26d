internal import Bytes

/// A directory: its entries sorted by the bytes of their names, in chunks of at most 128.
///
/// A lookup is two binary searches; an insertion moves at most a chunk, and the list of chunks where one is split; a
/// page of a listing begins anywhere at the cost of a lookup. An entry costs 8 bytes here, 16 where chunks are half full.
///
/// Everything is guarded by the tree's lock, except while the directory is being built.
final class Folder: Entry, @unchecked Sendable {
    // Sendable: see `Entry`; the chunks are guarded by the tree's lock.
    private(set) var chunks: [[Entry]] = []

    static var chunkMax: Int { 128 }

    /// Where a name stands, or would stand.
    struct Place {
        var chunk: Int
        var index: Int
        var isFound: Bool
    }

    var isEmpty: Bool { chunks.isEmpty }

    /// Finds an entry.
    func entry(named name: Span<UInt8>) -> Entry? {
        let place = place(of: name)
        return place.isFound ? chunks[place.chunk][place.index] : nil
    }

    func place(of name: Span<UInt8>) -> Place {
        // The last chunk that does not begin behind the name.
        var low = 0
        var high = chunks.count
        while low < high {
            let middle = (low + high) / 2
            let isBehind = chunks[middle][0].name.with { name.precedes($0) }
            if isBehind { high = middle } else { low = middle + 1 }
        }
        guard low > 0 else { return Place(chunk: 0, index: 0, isFound: false) }
        let chunk = low - 1
        low = 0
        high = chunks[chunk].count
        while low < high {
            let middle = (low + high) / 2
            if chunks[chunk][middle].name.precedes(name) { low = middle + 1 } else { high = middle }
        }
        let isFound = low < chunks[chunk].count && chunks[chunk][low].name.equals(name)
        return Place(chunk: chunk, index: low, isFound: isFound)
    }

    /// Puts an entry in, unless one of its name is there.
    ///
    /// - Returns: whether it was put in.
    func insert(_ entry: Entry) -> Bool {
        let place = entry.name.with { self.place(of: $0) }
        if place.isFound { return false }
        insert(entry, at: place)
        entry.parent = self
        return true
    }

    private func insert(_ entry: Entry, at place: Place) {
        if chunks.isEmpty {
            chunks.append([entry])
            return
        }
        guard chunks[place.chunk].count == Self.chunkMax else {
            chunks[place.chunk].insert(entry, at: place.index)
            return
        }
        // Names that come in their order leave full chunks behind them.
        let isLast = place.chunk == chunks.count - 1 && place.index == Self.chunkMax
        let middle = isLast ? Self.chunkMax : Self.chunkMax / 2
        var upper: [Entry] = []
        upper.reserveCapacity(Self.chunkMax)
        upper.append(contentsOf: chunks[place.chunk][middle...])
        if place.index >= middle { upper.insert(entry, at: place.index - middle) }
        chunks[place.chunk].removeSubrange(middle...)
        if place.index < middle { chunks[place.chunk].insert(entry, at: place.index) }
        chunks.insert(upper, at: place.chunk + 1)
    }

    /// Takes an entry out.
    func remove(_ entry: Entry) {
        let place = entry.name.with { self.place(of: $0) }
        guard place.isFound, chunks[place.chunk][place.index] === entry else { return }
        chunks[place.chunk].remove(at: place.index)
        entry.parent = nil
        let count = chunks[place.chunk].count
        if count == 0 {
            chunks.remove(at: place.chunk)
            return
        }
        // Two neighbours that fill half a chunk are one.
        if place.chunk + 1 < chunks.count, count + chunks[place.chunk + 1].count <= Self.chunkMax / 2 {
            chunks[place.chunk].append(contentsOf: chunks[place.chunk + 1])
            chunks.remove(at: place.chunk + 1)
        }
    }

    /// Takes out some entries, those of its last chunk; empty where there are none.
    func removeLastChunk() -> [Entry] {
        let chunk = chunks.popLast() ?? []
        for entry in chunk { entry.parent = nil }
        return chunk
    }

    /// Some entries behind a name, or from the first.
    func entries(after name: Span<UInt8>?, count: Int) -> [(name: String, entry: Entry)] {
        var place = Place(chunk: 0, index: 0, isFound: false)
        if let name {
            place = self.place(of: name)
            if place.isFound { place.index += 1 }
        }
        var found: [(name: String, entry: Entry)] = []
        while found.count < count, place.chunk < chunks.count {
            let chunk = chunks[place.chunk]
            let end = min(place.index + count - found.count, chunk.count)
            for entry in chunk[place.index..<max(end, place.index)] { found.append((entry.name.string, entry)) }
            place = Place(chunk: place.chunk + 1, index: 0, isFound: false)
        }
        return found
    }

    /// Traps where it contradicts itself.
    func checkInvariants() {
        var last: Entry?
        for chunk in chunks {
            precondition(!chunk.isEmpty && chunk.count <= Self.chunkMax, "a chunk's length")
            for entry in chunk {
                if let last {
                    precondition(entry.name.with { last.name.precedes($0) }, "the order of names")
                }
                precondition(entry.parent === self && !entry.isDead, "what is in a directory stands there")
                last = entry
            }
        }
    }
}
