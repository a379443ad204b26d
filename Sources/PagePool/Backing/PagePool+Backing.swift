internal import Locking
internal import Synchronization
public import SystemPackage

extension PagePool {
    // MARK: where pages go

    /// The name of the backing store's file; nil where there is none.
    public var backingName: String? { spiller.store?.device.name }

    /// Sets the file that pages go to which are not to be in memory, or none; the one that is set already stays.
    ///
    /// - Parameters:
    ///   - choice: which file; nil for none.
    ///   - directory: where it is.
    /// - Throws: EBUSY where pages are in the one that is set, or somebody else uses the file, another pool among them;
    ///   EINVAL for a name that is a path, what is neither a file nor a block device, and less than 256 KiB; ELOOP for a
    ///   link; ENOENT; ENOSPC where the limit leaves no room for the buffers, 128 KiB; ENODEV where the pool was
    ///   removed; and what the system says. Nothing has changed then.
    public func setBacking(_ choice: BackingChoice?, in directory: BackingDirectory) throws(Errno) {
        if isDead { throw .operationNotSupportedByDevice }
        guard let choice else { return try setBacking(device: nil) }
        if choice == BackingChoice(name: backingName ?? "") { return }
        if backingName != nil, statistics.pagesOnDisk > 0 { throw .resourceBusy }
        let file = try directory.open(choice)
        do throws(Errno) {
            try setBacking(device: file)
        } catch {
            directory.takeBack(file)
            throw error
        }
    }

    /// The same with a device that is there.
    func setBacking(device: (any BackingDevice)?) throws(Errno) {
        let old = spiller.store
        let store = device.map { BackingStore(on: $0, wake: held.wake) }
        let room = store != nil && old == nil ? SpillBench.pages : 0
        if !reserveForBacking(room) {
            trimShards()
            if !reserveForBacking(room) { throw .noSpace }
        }
        defer { settleBacking() }
        try checkAllShards { shard throws(Errno) in
            if shard.isClosed { throw .operationNotSupportedByDevice }
            if shard.counted.pagesOnDisk > 0 { throw .resourceBusy }
        } whenLocked: {
            spiller.choose(self) { $0.store = store }
        } change: { shard in
            shard.backing = store
        }
        old?.giveBackAll()
        if old != nil, store == nil { spiller.ask(self) }
        if store != nil, spiller.policy == .half { spiller.sweepLarge(self) }
        if held.wake.isSet { spiller.heed(self) }
    }

    /// Reserves pages for the backing store; both accounts are changed as one.
    private func reserveForBacking(_ pages: Int) -> Bool {
        heldForBacking.withLock { accounted in
            guard held.reserve(pages) else { return false }
            accounted += pages
            return true
        }
    }

    /// Lets the backing store go with the pool.
    func letBackingGo() {
        let store = spiller.store
        spiller.choose(self) { $0.store = nil }
        spiller.dropBench()
        store?.giveBackAll()
        settleBacking()
    }

    /// Accounts for the memory that the backing store takes now.
    func settleBacking() {
        heldForBacking.withLock { accounted in
            let now = spiller.store.map { SpillBench.pages + $0.heldPages } ?? 0
            if now == accounted { return }
            held.settle(by: now - accounted)
            accounted = now
        }
    }

    /// Whether the pool could come down to so many pages of memory by writing pages to its backing store.
    func canSpill(downTo pages: Int) -> Bool {
        guard spiller.policy == .pressure, let store = spiller.store else { return false }
        var fixed = heldForBacking.withLock { $0 } + held.counts.apart
        var objects = 0
        withAllShards { shard in
            fixed += shard.storage.table.nodeCount
            objects += shard.storage.stacks.neededPages
        }
        let figures = store.figures
        let room = (store.clusterCount - 1) * ClusterShape.bytes / 8 * 7 - figures.liveBytes
        return fixed + Self.pagesToPut <= pages && (objects + fixed - pages) * Self.pageBytes <= room
    }

    // MARK: which pages go

    /// Which pages go to the backing store by themselves: under pressure where there is one, unless something else was chosen.
    public var spillPolicy: SpillPolicy { spiller.policy }

    /// Chooses which pages go; nil for what is chosen by itself.
    ///
    /// - Throws: ENODEV where the pool was removed.
    public func setSpillPolicy(_ policy: SpillPolicy?) throws(Errno) {
        if isDead { throw .operationNotSupportedByDevice }
        spiller.choose(self) { $0.policy = policy }
        if spiller.policy == .half, spiller.store != nil { spiller.sweepLarge(self) }
        if held.wake.isSet { spiller.heed(self) }
    }

    /// Calls every page in memory idle, until it is put or got: zram's `echo all > idle`. A pass over the table, some
    /// hundred entries at a time.
    ///
    /// - Throws: ENODEV where the pool was removed.
    public func markIdle() throws(Errno) {
        if isDead { throw .operationNotSupportedByDevice }
        for shard in shards {
            var next: UInt64? = 0
            while let page = next {
                next = shard.state.withLock { shard in
                    shard.visit(from: page, count: 512) { _, entry in
                        (entry.isInMemory && entry.kind != .same ? TableEntry.idleAge : entry.age, true)
                    }
                }
            }
        }
    }

    /// Writes pages to the backing store: zram's `writeback`.
    ///
    /// - Parameters:
    ///   - kind: which.
    ///   - waitsNanoseconds: for how long to wait for it; the work goes on behind the caller's back then.
    /// - Throws: ENXIO where there is no backing store; EINVAL for pages beyond the end; EIO where it cannot be written,
    ///   or the limit on writing is used up; ENOSPC where it is full; ENOMEM where the system gives no thread; ENODEV
    ///   where the pool was removed. Pages that went before stay where they are.
    public func writeBack(_ kind: WritebackKind, waitsNanoseconds: UInt64) throws(Errno) {
        if isDead { throw .operationNotSupportedByDevice }
        let end = devicePages.load(ordering: .relaxed)
        if case .pages(let ranges) = kind, ranges.contains(where: { $0.upperBound >= end }) { throw .invalidArgument }
        try spiller.writeBack(kind, self, waitsNanoseconds: waitsNanoseconds)
    }

    /// Blocks of 4 KiB that may still be written to the backing store, 16 for each cluster: zram's `writeback_limit`.
    public var writebackLimit: UInt64 { spiller.work.withLock { $0.blocksLeft } }
    /// Whether that limit holds.
    public var isWritebackLimited: Bool { spiller.work.withLock { $0.isLimited } }

    /// Sets how many blocks may be written from now on, or whether that counts at all.
    public func setWritebackLimit(blocks: UInt64? = nil, isLimited: Bool? = nil) {
        spiller.choose(self) { work in
            if let blocks { work.blocksLeft = blocks }
            if let isLimited { work.isLimited = isLimited }
        }
        spiller.ask(self)
    }

    /// Why the backing store takes no pages at the moment, in words that follow its name; nil where it does, or where
    /// there is none.
    public var backingTrouble: String? {
        spiller.work.withLock { work in work.store == nil ? nil : work.trouble?.text }
    }

    /// What the backing store holds and was asked for.
    public var backingStatistics: BackingStatistics {
        var told = spiller.counters.now
        let (store, trouble) = spiller.work.withLock { ($0.store, $0.trouble) }
        if let figures = store?.figures {
            told.clustersUsed = UInt64(figures.clustersUsed)
            told.clusters = UInt64(figures.clusterCount)
            told.liveBytes = UInt64(figures.liveBytes)
        }
        told.isWritable = store != nil && trouble == nil
        return told
    }
}
