import Bytes
import PagePool
import PagePoolZstd

extension Target {
    /// A pool of 64 pages, with some in it.
    private static func makePool() -> (PagePools, PagePool) {
        let pools = PagePools(codec: ZstdPageCodec(), limits: PagePoolLimits())
        guard let pool = try? pools.create(name: "fuzz", options: PagePoolOptions(disksizeBytes: 64 * 4096)) else {
            preconditionFailure("a pool can be made")
        }
        let page = [UInt8](repeating: 3, count: 4096)
        for number in 0..<4 { try? pool.put(UInt64(number), page.span) }
        return (pools, pool)
    }

    /// The body of a pool's `batch`. Its reader says yes or no; a yes is done.
    static let pageBatch = Target(name: "page-batch") { bytes in
        let (pools, pool) = makePool()
        guard let batch = try? pools.batch(bytes, for: pool) else { return }
        var out = ByteBuffer()
        try? pool.apply(batch, into: &out)
        pool.checkInvariants()
    }

    /// A snapshot on its way into a pool. What is refused leaves the pool as it was.
    static let snapshot = Target(name: "snapshot") { bytes in
        let (_, pool) = makePool()
        let before = pool.statistics.pagesStored
        guard let restore = try? PoolRestore(into: pool) else { preconditionFailure("nobody else restores") }
        do {
            let half = bytes.count / 2
            try restore.take(bytes.extracting(0..<half))
            try restore.take(bytes.extracting(half..<bytes.count))
            try restore.finish()
        } catch {
            restore.abandon()
            precondition(pool.statistics.pagesStored == before, "a refused snapshot changed the pool")
        }
        pool.checkInvariants()
    }
}
