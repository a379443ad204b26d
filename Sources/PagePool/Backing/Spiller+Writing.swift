internal import Bytes
internal import Locking
internal import Synchronization
internal import SystemPackage

/// Makes a cluster of what was found, with objects of clusters that are mostly garbage where room is short, writes it,
/// and then lets the entries lead there.
extension Spiller {
    /// An object in the cluster.
    private struct Passenger {
        let row: ClusterBuilder.Row
        /// Where in the store it was before; nil where it was in memory.
        let from: UInt64?
    }

    /// Clusters that are read for one that is written.
    private static let sourcesMax = 4
    /// So many clusters in a row that only move what is there show that nothing is gained by it: what is free is used, then.
    private static let fruitlessMax = 16

    /// Writes a cluster.
    ///
    /// - Returns: what was in the way; then everything is as it was.
    func writeCluster(_ pool: PagePool, _ store: BackingStore) -> SpillTrouble? {
        if work.withLock({ $0.isLimited && $0.blocksLeft < UInt64(ClusterShape.blocks) }) { return .limited }
        let bench = bench()
        let freeBefore = store.freeCount
        let collects = store.isShort && store.isWorthCollecting
        guard let cluster = store.take(leaving: collects ? 0 : 1) else { return .full }
        defer { store.finish(cluster) }
        bench.builder.clear()
        let start = pool.probe?.listens(to: .spill) == true ? pool.probe?.now : nil
        var passengers: [Passenger] = []
        if collects {
            let isGain = collect(into: bench, &passengers, pool, store)
            // The last free cluster is only worth it where another gets free.
            if !isGain, store.freeCount == 0 {
                store.noteCollecting(isFruitless: true)
                return .full
            }
        }
        load(into: bench, &passengers, pool, store)
        if passengers.isEmpty { return nil }
        bench.builder.seal()
        do throws(Errno) {
            counters.add(to: \.writeRequests)
            try store.device.write(bench.builder.buffer, at: UInt64(cluster) * UInt64(ClusterShape.bytes))
        } catch {
            counters.add(to: \.writeFailures)
            for passenger in passengers where passenger.from == nil {
                inShard(of: passenger.row.page, pool) { $0.keep(passenger.row.page) }
            }
            return .failing(error)
        }
        spendBlocks()
        let gone = land(passengers, cluster, pool, store, since: start)
        pool.settleBacking()
        if collects { noteCollecting(bench, isGain: gone > 0 || store.freeCount > freeBefore, store) }
        return nil
    }

    /// Takes note of what collecting came to: after some clusters that only moved what was there it rests until more is
    /// given up, and what room there is is for what comes.
    private func noteCollecting(_ bench: SpillBench, isGain: Bool, _ store: BackingStore) {
        bench.fruitless = isGain ? 0 : bench.fruitless + 1
        if bench.fruitless > Self.fruitlessMax {
            store.noteCollecting(isFruitless: true)
            bench.fruitless = 0
        } else if isGain {
            store.noteCollecting(isFruitless: false)
        }
    }

    private func inShard<Value>(of page: UInt64, _ pool: PagePool, _ body: (inout PoolShard) -> Value) -> Value {
        pool.shards[pool.homes.home(of: page)].state.withLock { shard in body(&shard) }
    }

    private func spendBlocks() {
        work.withLock { work in
            if work.isLimited { work.blocksLeft -= min(work.blocksLeft, UInt64(ClusterShape.blocks)) }
        }
    }

    /// Places what was found, the longest first, and copies it.
    private func load(
        into bench: SpillBench, _ passengers: inout [Passenger], _ pool: PagePool,
        _ store: BackingStore
    ) {
        bench.candidates.sort { $0.payload > $1.payload }
        // A page may have been found twice. Copied twice, with a put in between, its old version would go out as the new.
        var isCopied = Set<UInt64>()
        for candidate in bench.candidates where !isCopied.contains(candidate.page) {
            bench.object.removeAll()
            let isThere = inShard(of: candidate.page, pool) { shard in
                shard.canLend(candidate.page, candidate.payload)
            }
            guard isThere else { continue }
            guard let place = bench.builder.place(candidate.payload) else {
                bench.left.append(candidate)
                continue
            }
            let isLent = inShard(of: candidate.page, pool) { shard in
                shard.lend(candidate.page, candidate.payload, to: store, into: &bench.object)
            }
            guard isLent else { continue }
            let row = ClusterBuilder.Row(page: candidate.page, place: place, payload: candidate.payload)
            bench.builder.fill(row, bench.object.span)
            isCopied.insert(candidate.page)
            passengers.append(Passenger(row: row, from: nil))
        }
        bench.candidates.removeAll(keepingCapacity: true)
    }

    /// Takes along what lives in clusters that are mostly garbage.
    ///
    /// - Returns: whether all that lives in at least one of them has a place.
    private func collect(
        into bench: SpillBench, _ passengers: inout [Passenger], _ pool: PagePool,
        _ store: BackingStore
    ) -> Bool {
        let buffer = bench.source
        var sources: [Int] = []
        var isGain = false
        while sources.count < Self.sourcesMax, let source = store.emptiest(but: sources) {
            let room = ClusterShape.granules - bench.builder.usedGranules
            // What does not fit stays where it is; the cluster is emptier then, and so among the next.
            if !sources.isEmpty, room < ClusterShape.granules / 4 { break }
            sources.append(source)
            guard let rows = read(source, into: buffer, store) else { continue }
            var isWhole = true
            for row in rows.sorted(by: { $0.payload > $1.payload }) {
                let old = UInt64(source * ClusterShape.granules + row.place)
                guard inShard(of: row.page, pool, { $0.lives(row.page, at: old, of: store) }) else { continue }
                guard let place = bench.builder.place(row.payload) else {
                    isWhole = false
                    continue
                }
                let offset = row.place * ClusterShape.granule + ClassShape.headerBytes
                let new = ClusterBuilder.Row(page: row.page, place: place, payload: row.payload)
                bench.builder.fill(new, buffer.span.extracting(offset..<(offset + row.payload)))
                passengers.append(Passenger(row: new, from: old))
            }
            if isWhole { isGain = true }
        }
        return isGain
    }

    private func read(_ source: Int, into buffer: AlignedBuffer, _ store: BackingStore) -> [ClusterBuilder.Row]? {
        do throws(Errno) {
            try store.device.read(
                at: UInt64(source) * UInt64(ClusterShape.bytes), count: ClusterShape.bytes, into: buffer)
        } catch {
            counters.add(to: \.readFailures)
            store.setUnreadable(source)
            return nil
        }
        counters.add(ClusterShape.blocks, to: \.blocksRead)
        guard let rows = ClusterBuilder.rows(of: buffer) else {
            store.setUnreadable(source)
            return nil
        }
        return rows
    }

    /// Lets the entries lead to what was written.
    ///
    /// - Returns: how many pages went out of memory.
    private func land(
        _ passengers: [Passenger], _ cluster: Int, _ pool: PagePool, _ store: BackingStore, since start: UInt64?
    ) -> Int {
        var gone: [ClusterBuilder.Row] = []
        var moved = 0
        for passenger in passengers {
            let page = passenger.row.page
            let place = UInt64(cluster * ClusterShape.granules + passenger.row.place)
            if let old = passenger.from {
                if inShard(of: page, pool, { $0.move(page, from: old, to: place, of: store) }) { moved += 1 }
            } else if inShard(of: page, pool, { $0.spill(page, to: place, of: store) }) {
                gone.append(passenger.row)
            }
        }
        counters.add(moved, to: \.pagesMoved)
        counters.add(gone.count, to: \.pagesSpilled)
        guard let start, let probe = pool.probe, !gone.isEmpty else { return gone.count }
        let each = (probe.now &- start) / UInt64(gone.count)
        for row in gone {
            probe.happened(
                .spill, pool: pool.name, page: row.page, storedBytes: min(row.payload, PagePool.pageBytes),
                nanoseconds: each)
        }
        return gone.count
    }
}

extension PoolShard {
    /// Whether an object that was found can still go, before a place is looked for.
    func canLend(_ page: UInt64, _ payload: Int) -> Bool {
        let entry = storage.table.entry(page)
        return entry.canSpill && entry.payload == payload
    }
}
