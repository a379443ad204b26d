internal import Bytes
internal import Locking
internal import SystemPackage

/// Pages on their way into a pool, beside those that are there: a shard for each of the pool's, under the same limit.
///
/// One thread at a time uses it. What it holds counts as held by the pool, so old and new pages together keep the limit.
final class RestoreStage: @unchecked Sendable {
    // Sendable: one thread at a time uses it, and the pool's shards only under their locks.

    private final class Part {
        var shard: PoolShard
        init(_ shard: consuming PoolShard) { self.shard = shard }
    }

    private let pool: PagePool
    private let parts: [Part]
    /// The page that came last, and so the highest.
    private(set) var last: UInt64?

    /// Nothing came yet; takes no memory.
    init(for pool: PagePool) {
        self.pool = pool
        parts = pool.shards.map { _ in
            Part(
                PoolShard(pageCount: PageTable.pagesMax, held: pool.held, memory: pool.memory, isApart: true))
        }
    }

    deinit { letGo() }

    /// Stores a page as an object; pages come in rising order.
    ///
    /// - Throws: ENOSPC over the limit, ENOMEM.
    func put(_ page: UInt64, _ form: TableEntry.Form, _ payload: Span<UInt8>) throws(Errno) {
        try storing(page) { shard throws(Errno) in try shard.put(page, form, payload, isLast: true) }
    }

    /// Stores a page that repeats a word.
    ///
    /// - Throws: as ``put(_:_:_:)``.
    func put(_ page: UInt64, repeating word: UInt64) throws(Errno) {
        try storing(page) { shard throws(Errno) in try shard.put(page, repeating: word, isLast: true) }
    }

    /// Stores in the shard of a page; where the limit is in the way, once more without any slack, and then as long as old
    /// pages go to the backing store meanwhile.
    private func storing(_ page: UInt64, _ body: (inout PoolShard) throws(Errno) -> Void) throws(Errno) {
        let part = parts[pool.claimHome(of: page)]
        last = page
        var hasSlack = true
        while true {
            do throws(Errno) {
                return try body(&part.shard)
            } catch {
                guard error == .noSpace, makeRoom(PagePool.pagesToPut, &hasSlack) else { throw error }
            }
        }
    }

    /// Makes room where the limit is in the way: gives all slack back, the first time, and then waits for old pages to go to
    /// the backing store.
    ///
    /// - Parameters:
    ///   - pages: how many would do.
    ///   - hasSlack: whether this is the first time.
    /// - Returns: whether it is worth trying again.
    func makeRoom(_ pages: Int, _ hasSlack: inout Bool) -> Bool {
        guard hasSlack else { return pool.spiller.mayHelp && pool.spiller.waitForRoom(pages, pool) }
        hasSlack = false
        pool.trimShards()
        for part in parts { part.shard.giveBackSlack() }
        return true
    }

    /// Gives the pool these pages for those that it has.
    ///
    /// Nobody sees some of the new and then some of the old: shards stay locked until the first of them is done.
    ///
    /// - Throws: ENODEV where the pool was removed; EBUSY where the device ends before a page by now.
    func exchange() throws(Errno) {
        var number = parts.count
        try pool.checkAllShards { shard throws(Errno) in
            if shard.isClosed { throw .operationNotSupportedByDevice }
            if let last, last >= shard.pageCount { throw .resourceBusy }
        } whenLocked: {
            // The new pages are in memory, all of them.
            pool.spiller.store?.forgetAll()
        } change: { shard in
            number -= 1
            shard.exchange(with: &parts[number].shard)
        }
        if pool.spiller.policy == .half, pool.spiller.store != nil { pool.spiller.sweepLarge(pool) }
        if pool.held.wake.isSet { pool.spiller.heed(pool) }
    }

    /// Lets what is here go: pages that are not wanted, or those that there were before.
    func letGo() {
        for part in parts {
            var fresh = PoolShard.Storage(memory: pool.memory)
            part.shard.exchange(&fresh)
        }
    }
}
