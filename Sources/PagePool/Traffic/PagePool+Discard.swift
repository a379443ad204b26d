internal import Locking
public import SystemPackage

extension PagePool {
    /// Gives a page up, and its memory back. Nothing happens where nothing is stored.
    ///
    /// - Throws: EINVAL beyond the end; ENODEV where the pool was removed.
    public func discard(_ page: UInt64) throws(Errno) {
        let isHeard = probe?.listens(to: .discard) ?? false
        let start = isHeard ? probe?.now ?? 0 : 0
        let old = try withShard(of: page) { shard throws(Errno) in
            try shard.admit(page)
            return shard.discard(page)
        }
        if held.wake.isSet { spiller.heed(self) }
        if isHeard, let probe { tell(probe, .discard, page, old.storedBytes, since: start) }
    }

    // MARK: looking

    /// How a page is kept; nil where nothing is stored.
    ///
    /// - Throws: EINVAL beyond the end; ENODEV where the pool was removed.
    public func state(of page: UInt64) throws(Errno) -> PageState? {
        try withShard(of: page) { shard throws(Errno) in
            try shard.admit(page)
            return shard.state(page)
        }
    }

    /// How long a page was not used, by the turns of the clock that looks for cold ones: 0 to 2, and 3 where it was called
    /// idle since; nil where there is nothing that could go.
    ///
    /// - Throws: EINVAL beyond the end; ENODEV where the pool was removed.
    public func age(of page: UInt64) throws(Errno) -> Int? {
        try withShard(of: page) { shard throws(Errno) in
            try shard.admit(page)
            let entry = shard.storage.table.entry(page)
            return entry.isObject && entry.kind != .same ? entry.age : nil
        }
    }

    /// The first stored page from `page` on; nil where there is none. Each shard is asked, and skips what is empty
    /// by 512 and by 2^18 pages.
    public func nextStored(from page: UInt64) -> UInt64? {
        var first: UInt64?
        withAllShards { shard in
            guard let next = shard.storage.table.next(from: page) else { return }
            first = min(first ?? next, next)
        }
        return first
    }
}
