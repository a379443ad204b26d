internal import Locking
internal import SystemPackage

/// Looks for the pages that are to go: some hundred entries at a time under a shard's lock.
extension Spiller {
    /// Entries looked at under one lock.
    private static let entriesAtOnce = 512
    /// Entries looked at in one step.
    private static let entriesPerStep = 16_384
    /// Turns of the clock after which nothing is found any more.
    private static let turnsMax = 4
    /// Places that are gathered for a cluster: among twice what fits is something for every gap. The pages of six programs
    /// fill 2 to 6 % more of it than with a sixteenth to spare; what is left is first the next time.
    private static let granulesWanted = ClusterShape.granules * 2

    /// Gathers what can go into the next cluster.
    ///
    /// - Returns: whether there is no more.
    func gather(_ task: Task, _ pool: PagePool) -> Bool {
        let bench = bench()
        bench.candidates = bench.left
        bench.left.removeAll()
        switch task {
        case .request(let request): return gather(request, pool, bench)
        case .large(let pages):
            gather(pages, pool, bench)
            return true
        case .pressure: return gatherColdest(pool, bench)
        }
    }

    private func granules(_ bench: SpillBench) -> Int {
        bench.candidates.reduce(0) { $0 + ClusterShape.granules(for: $1.payload) }
    }

    private func gather(_ pages: [UInt64], _ pool: PagePool, _ bench: SpillBench) {
        for page in pages {
            pool.shards[pool.homes.home(of: page)].state.withLock { shard in
                let entry = shard.storage.table.entry(page)
                guard entry.canSpill, entry.payload > Self.largeBytes else { return }
                bench.candidates.append(.init(page: page, payload: entry.payload))
            }
        }
    }

    /// Goes on through the shards with a request.
    private func gather(_ request: WritebackRequest, _ pool: PagePool, _ bench: SpillBench) -> Bool {
        var (number, next) = work.withLock { ($0.requestShard, $0.requestNext) }
        defer {
            work.withLock { work in
                work.requestShard = number
                work.requestNext = next
            }
        }
        var granules = granules(bench)
        var looked = 0
        while number < pool.shards.count {
            if granules >= Self.granulesWanted || looked >= Self.entriesPerStep { return false }
            looked += Self.entriesAtOnce
            let then = pool.shards[number].state.withLock { shard in
                shard.visit(from: next, count: Self.entriesAtOnce) { page, entry in
                    if entry.canSpill, request.kind.takes(page, entry) {
                        bench.candidates.append(.init(page: page, payload: entry.payload))
                        granules += ClusterShape.granules(for: entry.payload)
                    }
                    return (entry.age, granules < Self.granulesWanted)
                }
            }
            if let then {
                next = then
            } else {
                number += 1
                next = 0
            }
        }
        return true
    }

    /// Lets the clock go on over one shard's table, in the order of the pages, so that neighbours go together: who was
    /// not used since the hand came by twice goes; where all are in use, whoever comes in the fourth turn.
    private func gatherColdest(_ pool: PagePool, _ bench: SpillBench) -> Bool {
        if bench.hands.count != pool.shards.count {
            bench.hands = [UInt64](repeating: 0, count: pool.shards.count)
        }
        var granules = granules(bench)
        var looked = 0
        let passedMax = Self.turnsMax * (Int(pool.statistics.pagesStored) + pool.shards.count * Self.entriesAtOnce)
        if bench.passed == 0 { work.withLock { $0.search += 1 } }
        while granules < Self.granulesWanted {
            if bench.passed > passedMax {
                bench.passed = 0
                return true
            }
            if looked >= Self.entriesPerStep { return false }
            looked += Self.entriesAtOnce
            bench.passed += Self.entriesAtOnce
            let number = bench.shard
            let ageMin = bench.passed > passedMax / 4 * 3 ? 0 : 2
            let then = pool.shards[number].state.withLock { shard in
                shard.visit(from: bench.hands[number], count: Self.entriesAtOnce) { page, entry in
                    guard entry.canSpill else { return (entry.age, true) }
                    if entry.age < ageMin { return (entry.age + 1, true) }
                    bench.candidates.append(.init(page: page, payload: entry.payload))
                    granules += ClusterShape.granules(for: entry.payload)
                    bench.passed = 0
                    return (entry.age, granules < Self.granulesWanted)
                }
            }
            bench.hands[number] = then ?? 0
            // A shard's turn ends with its table, or with a cluster's worth.
            if then == nil || granules >= Self.granulesWanted { bench.shard = (number + 1) % pool.shards.count }
        }
        return false
    }
}
