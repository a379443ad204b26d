internal import Locking
internal import Synchronization
internal import SystemPackage

/// Lock order: the shards by their number, several at once only upwards; then ``HeldPages``. Whoever wants the slack of
/// other shards holds none, and takes them one at a time.
extension PagePool {
    /// Does something in the shard where a page is, if it is anywhere.
    @inline(__always)
    func withShard<Result>(
        of page: UInt64, _ body: (inout PoolShard) throws(Errno) -> Result
    ) throws(Errno) -> Result {
        try shards[homes.home(of: page)].state.withLock { shard throws(Errno) in try body(&shard) }
    }

    /// Looks at all shards while nothing happens in any, then changes each.
    ///
    /// - Parameters:
    ///   - number: the shard to begin with.
    ///   - check: called for each in order; where it throws, nothing is changed.
    ///   - whenLocked: called once all were checked, and are locked.
    ///   - change: called for each afterwards, the last one first; those behind it are in use again then.
    /// - Throws: what `check` throws.
    func checkAllShards(
        from number: Int = 0, check: (inout PoolShard) throws(Errno) -> Void, whenLocked: () -> Void = {},
        change: (inout PoolShard) -> Void
    ) throws(Errno) {
        guard number < shards.count else { return whenLocked() }
        try shards[number].state.withLock { shard throws(Errno) in
            try check(&shard)
            try checkAllShards(from: number + 1, check: check, whenLocked: whenLocked, change: change)
            change(&shard)
        }
    }

    /// As ``checkAllShards(from:check:change:)``, where nothing can be in the way.
    func withAllShards(_ change: (inout PoolShard) -> Void) {
        do throws(Errno) {
            try checkAllShards(check: { _ in }, change: change)
        } catch {
            preconditionFailure("nothing was checked")
        }
    }

    /// The shard in which a page is to be stored.
    ///
    /// It gets a home even where a shard refuses it then; nobody asks this for a page beyond the end.
    @inline(__always)
    func claimHome(of page: UInt64) -> Int { homes.claim(page) { plan.count(holding: held.count) } }

    /// Stores in the shard of a page; where the limit is in the way, once more without the slack of the other shards.
    ///
    /// - Parameters:
    ///   - page: the page.
    ///   - body: stores; told whether it is the last time, so that it counts the refusal.
    /// - Throws: what `body` throws; ENODEV and EINVAL where there is no such page.
    @inline(__always)
    func storing(_ page: UInt64, _ body: (inout PoolShard, Bool) throws(Errno) -> Void) throws(Errno) {
        // Not in the first shard, for the device may be larger by then: who has no home is to be stored nowhere.
        if page >= devicePages.load(ordering: .relaxed) { throw countInvalid(page) }
        let number = claimHome(of: page)
        let isLast = shards.count == 1 && !spiller.mayHelp && !dictionaries.isOn
        do throws(Errno) {
            try shards[number].state.withLock { shard throws(Errno) in
                try shard.admit(page)
                try body(&shard, isLast)
            }
        } catch {
            guard error == .noSpace, !isLast else { throw error }
            try storeAgain(page, number, body)
        }
        if held.wake.isSet { spiller.heed(self) }
    }

    /// Once more, without the slack of the other shards; then as long as pages go to the backing store meanwhile.
    @inline(never)
    private func storeAgain(
        _ page: UInt64, _ number: Int, _ body: (inout PoolShard, Bool) throws(Errno) -> Void
    ) throws(Errno) {
        var mayWait = spiller.mayHelp
        trimShards(but: number, keepingSample: mayWait)
        while true {
            do throws(Errno) {
                return try shards[number].state.withLock { shard throws(Errno) in
                    try shard.admit(page)
                    try body(&shard, !mayWait)
                }
            } catch {
                guard error == .noSpace, mayWait else { throw error }
            }
            mayWait = spiller.waitForRoom(Self.pagesToPut, self)
            if !mayWait { dictionaries.giveUpSample() }
        }
    }

    /// So many pages more let any page be put: its object's, the slack of a class, two nodes.
    static let pagesToPut = 6

    /// Whether pages for dictionaries are worth that others go for them: they are an eighth of the limit at most. Else a
    /// pool that is always at its limit, which is what one with a backing store comes to, would never be done sampling.
    var hasRoomForSample: Bool { spiller.mayHelp && held.limit / 8 >= dictionaries.plan.samplePages }

    /// Pages of memory that all shards could give back at once.
    var slackPages: Int {
        shards.reduce(0) { sum, shard in
            sum + shard.state.withLock { $0.storage.stacks.residentPages - $0.storage.stacks.neededPages }
        }
    }

    /// Gives the slack of all shards back but of one, one after the other; and the pages
    /// that were sampled for dictionaries, unless others go to the backing store for them.
    func trimShards(but number: Int? = nil, keepingSample: Bool = false) {
        if !keepingSample || !hasRoomForSample { dictionaries.giveUpSample() }
        for shard in shards.indices where shard != number {
            shards[shard].state.withLock { $0.giveBackSlack() }
        }
    }
}
