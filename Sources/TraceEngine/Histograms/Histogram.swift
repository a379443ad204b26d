internal import Locking
internal import Synchronization
internal import SystemPackage

/// The counts of a histogram: entries by their key, of one trigger or of several that share a name.
///
/// Cut by the hash of the key into shards with a lock each. Not one part a lane, as the ring buffers: a variable that
/// was set on one CPU is asked for on another, and the number of entries is to be exact. Writers meet only under the
/// same key or its neighbours, for some 20 ns; a reader copies 32 entries at a time. An entry that is there costs no
/// allocation. Memory grows with the entries, and as much as all of them could take is counted in the engine's budget
/// when the histogram is made.
///
/// Any thread. The locks are leaves.
final class Histogram: Sendable {
    let definition: HistogramDefinition
    let layout: HistogramLayout
    /// Entries at most.
    let size: Int
    private let shards: [HistogramShard]
    /// One for all, for a key of one histogram is looked up in another.
    private static let seed = UInt64.random(in: 0...UInt64.max)
    private let entries = Atomic<Int>(0)
    private let budget: BufferBudget
    private let bytes: Int
    private let hasEnded = Atomic<Bool>(false)

    /// An empty histogram.
    ///
    /// - Throws: ENOMEM where the budget leaves no room for all its entries, EINVAL where a synthetic event of its
    ///   actions was removed.
    init(_ definition: HistogramDefinition, budget: BufferBudget) throws(Errno) {
        self.definition = definition
        self.budget = budget
        let layout = HistogramLayout(definition)
        self.layout = layout
        size = 1 << definition.sizeBits
        // A row, its hash, its slots.
        bytes = size * (layout.stride * 8 + 12)
        var retained: [SyntheticEvent] = []
        for synthetic in definition.actions.compactMap(\.synthetic) {
            guard synthetic.retain() else {
                for synthetic in retained { synthetic.release() }
                throw .invalidArgument
            }
            retained.append(synthetic)
        }
        do throws(Errno) { try budget.take(bytes) } catch {
            for synthetic in retained { synthetic.release() }
            throw error
        }
        shards = (0..<16).map { _ in HistogramShard(layout) }
    }

    deinit {
        end()
        budget.give(back: bytes)
    }

    /// Lets the synthetic events go that its actions record. May be called again.
    func end() {
        guard !hasEnded.exchange(true, ordering: .acquiringAndReleasing) else { return }
        for action in definition.actions { action.synthetic?.release() }
    }

    /// Hits, and hits for which there was no room.
    var totals: (hits: UInt64, drops: UInt64) {
        shards.reduce((0, 0)) { sum, shard in
            shard.table.withLock { (sum.0 &+ $0.hits, sum.1 &+ $0.drops) }
        }
    }

    /// Finishes a key.
    func seal(_ key: inout HistogramKey) { key.seal(layout.sums, seed: Self.seed) }

    /// Does something with the entry of a key, which is made if there is none.
    ///
    /// - Returns: what it returned; nil where there is no room.
    @inline(__always)
    func update<Result: Sendable>(
        _ key: borrowing HistogramKey, comm: (UInt64, UInt64),
        _ body: (inout HistogramTable, _ row: Int) -> Result
    ) -> Result? {
        shards[Int(truncatingIfNeeded: key.hash >> 60)].table.withLock { table in
            var row = table.row(of: key)
            if row == nil {
                guard entries.wrappingAdd(1, ordering: .relaxed).newValue <= size else {
                    entries.wrappingSubtract(1, ordering: .relaxed)
                    table.drops += 1
                    return nil
                }
                let made = table.insert(key)
                table.setComm(comm, of: made)
                row = made
            }
            guard let row else { return nil }
            table.hits += 1
            return body(&table, row)
        }
    }

    /// Looks at the entry of a key.
    ///
    /// - Returns: what it returned; nil where there is no entry.
    func look<Result: Sendable>(
        _ key: borrowing HistogramKey, _ body: (inout HistogramTable, _ row: Int) -> Result
    ) -> Result? {
        shards[Int(truncatingIfNeeded: key.hash >> 60)].table.withLock { table in
            guard let row = table.row(of: key) else { return nil }
            return body(&table, row)
        }
    }

    /// Forgets all entries and counts.
    func clear() {
        for shard in shards {
            shard.table.withLock { table in
                entries.wrappingSubtract(table.count, ordering: .relaxed)
                table.clear()
            }
        }
    }

    /// All entries, row by row as ``HistogramLayout`` has them, and the sums of hits and drops.
    ///
    /// Each entry is as it was at one moment; two entries may be of two moments.
    func copy() -> (rows: [UInt64], hits: UInt64, drops: UInt64) {
        var all: [UInt64] = []
        var hits: UInt64 = 0
        var drops: UInt64 = 0
        for shard in shards {
            let start = all.count
            var generation: Int?
            var done = 0
            while true {
                let piece = shard.table.withLock { table in
                    let from = table.generation == generation ?? table.generation ? done : 0
                    let end = min(from + 32, table.count)
                    return HistogramPiece(
                        generation: table.generation, from: from, end: end, isLast: end == table.count,
                        rows: Array(table.rows[(from * layout.stride)..<(end * layout.stride)]), hits: table.hits,
                        drops: table.drops)
                }
                if piece.from < done { all.removeSubrange(start...) }
                all += piece.rows
                generation = piece.generation
                done = piece.end
                guard piece.isLast else { continue }
                hits &+= piece.hits
                drops &+= piece.drops
                break
            }
        }
        return (all, hits, drops)
    }

    /// Checks that counts and entries agree; nobody may be writing.
    func checkInvariants() {
        let count = shards.reduce(0) { sum, shard in shard.table.withLock { sum + $0.count } }
        precondition(count == entries.load(ordering: .relaxed), "entries and their number differ")
        precondition(count <= size, "more entries than there is room for")
    }
}

/// A part of a histogram.
final class HistogramShard: Sendable {
    let table: Locked<HistogramTable>

    init(_ layout: HistogramLayout) { table = Locked(HistogramTable(layout)) }
}

/// Some entries of a shard, copied under one lock.
private struct HistogramPiece: Sendable {
    let generation: Int
    let from: Int
    let end: Int
    let isLast: Bool
    let rows: [UInt64]
    let hits: UInt64
    let drops: UInt64
}
