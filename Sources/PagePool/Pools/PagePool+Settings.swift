internal import Bytes
internal import Locking
internal import Synchronization
public import SystemPackage

extension PagePool {
    /// Bytes of the device, a multiple of a page: zram's `disksize`.
    public var disksizeBytes: UInt64 { devicePages.load(ordering: .relaxed) << 12 }

    /// Makes the device larger or smaller.
    ///
    /// - Parameter bytes: rounded up to whole pages.
    /// - Throws: EINVAL for 0 and above 16 TiB; EBUSY where a page beyond the new end is stored; ENODEV where the pool
    ///   was removed.
    public func setDisksize(_ bytes: UInt64) throws(Errno) {
        guard bytes > 0, bytes <= Self.disksizeBytesMax else { throw .invalidArgument }
        let pages = Self.pages(in: bytes)
        try checkAllShards { shard throws(Errno) in
            if shard.isClosed { throw .operationNotSupportedByDevice }
            if pages < shard.pageCount, shard.storage.table.next(from: pages) != nil { throw .resourceBusy }
        } change: { shard in
            shard.pageCount = pages
            devicePages.store(pages, ordering: .relaxed)
        }
    }

    /// Bytes of memory that may be held, a multiple of a page; 0 for no limit: zram's `mem_limit`.
    public var memLimitBytes: UInt64 {
        let pages = held.limit
        return pages == .max ? 0 : UInt64(pages) << 12
    }

    /// Limits the memory that may be held. The limit is exact: a put that would exceed it is refused.
    ///
    /// With a backing store to which pages go under pressure it may be less than what is held: nothing more is stored
    /// then until the excess was written out.
    ///
    /// - Parameter bytes: rounded up to whole pages; 0 for no limit, and so for what is rounded up to 2^64.
    /// - Throws: EBUSY where more than that is held, also after everything that can be spared was given back, and
    ///   what is too much cannot go to a backing store; nothing is lost. ENODEV where the pool was removed.
    public func setMemLimit(_ bytes: UInt64) throws(Errno) {
        let pages = Self.heldPagesMax(bytes)
        if isDead { throw .operationNotSupportedByDevice }
        let old = held.limit
        try setFixedLimit(pages)
        limitKeeper.rest()
        tellLimit(from: old, "set")
    }

    private func setFixedLimit(_ pages: Int) throws(Errno) {
        defer { if held.wake.isSet { spiller.heed(self) } }
        if held.setLimit(pages) { return }
        trimShards()
        if held.setLimit(pages) { return }
        guard canSpill(downTo: pages) else { throw .resourceBusy }
        _ = held.setLimit(pages, isForced: true)
    }

    /// The level at which pages are compressed from now on.
    public var level: Int { currentLevel.load(ordering: .relaxed) }

    /// Chooses another level; stored pages stay as they are. Dictionaries are made anew for it in the background, and until then
    /// pages that get one are still compressed at the level before.
    ///
    /// - Throws: EINVAL where the codec has no such level; ENODEV where the pool was removed.
    public func setLevel(_ level: Int) throws(Errno) {
        guard workspaces.codec.levels.contains(level) else { throw .invalidArgument }
        if isDead { throw .operationNotSupportedByDevice }
        currentLevel.store(level, ordering: .relaxed)
        tidyDictionaries()
    }

    /// Takes what is held now for the most there ever was: zram's `echo 0 > mem_used_max`.
    public func forgetMemUsedMax() { held.forgetEver() }

    /// Discards every page and sets the statistics to zero; the settings stay. What dictionaries learned of the pages goes too, as
    /// soon as nobody uses it. Memory goes back to the system at once,
    /// outside the lock.
    ///
    /// - Throws: ENODEV where the pool was removed.
    public func reset() throws(Errno) {
        let left = LeftStorage(shards.count, memory: memory)
        try checkAllShards { shard throws(Errno) in
            if shard.isClosed { throw .operationNotSupportedByDevice }
        } whenLocked: {
            spiller.store?.forgetAll()
        } change: { shard in
            left.take(from: &shard)
        }
        dictionaries.restart(level: level)
        tidyDictionaries()
        held.forgetEver()
        spiller.counters.reset()
        if held.wake.isSet { spiller.heed(self) }
    }

    /// What is held and was done; of one moment, and at the same cost however much is stored.
    public var statistics: PagePoolStatistics {
        var told = PagePoolStatistics()
        withAllShards { shard in told.add(shard.statistics) }
        told.heldBytes += UInt64(held.counts.apart * Self.pageBytes)
        told.heldBytes += UInt64(heldForBacking.withLock { $0 } * Self.pageBytes)
        let learned = dictionaries.counts
        told.dictionaries = learned.dictionaries
        told.dictionaryTrainings = learned.trainings
        told.heldBytesMax = max(UInt64(held.countEver * Self.pageBytes), told.heldBytes)
        return told
    }

    /// Where the bytes are that ``PagePoolStatistics/heldBytes`` has together.
    public struct MemoryParts: Sendable, Equatable {
        /// Resident pages of the stacks, in which objects are.
        public var stacks: UInt64 = 0
        /// Nodes of the table.
        public var table: UInt64 = 0
        /// Dictionaries, samples of pages for them, what a restore has so far.
        public var apart: UInt64 = 0
        /// What writes to the backing store.
        public var backing: UInt64 = 0

        /// Nothing.
        public init() {}
    }

    /// What is held, by what it is for; at the same cost however much is stored.
    public var memoryParts: MemoryParts {
        var parts = MemoryParts()
        withAllShards { shard in
            parts.stacks += UInt64(shard.storage.stacks.residentPages * Self.pageBytes)
            parts.table += UInt64(shard.storage.table.nodeCount * Self.pageBytes)
        }
        parts.apart = UInt64(held.counts.apart * Self.pageBytes)
        parts.backing = UInt64(heldForBacking.withLock { $0 } * Self.pageBytes)
        return parts
    }

    /// The pages stored now by the bytes of their objects: 0-255, 256-511, …, 3840-4095, and in a 17th bucket the huge
    /// ones. Pages that repeat a word are not in it. Kept up to date, so as cheap as ``statistics``.
    public var histogram: [UInt64] {
        var pages = [UInt64](repeating: 0, count: 17)
        withAllShards { shard in
            for bucket in pages.indices { pages[bucket] += shard.histogram[bucket] }
        }
        return pages
    }
}
