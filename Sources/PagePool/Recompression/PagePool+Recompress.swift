public import SystemPackage

extension PagePool {
    /// Has stored pages packed again in the background, and stored so where they take less memory then: a class less.
    ///
    /// With the dictionaries of now, if there are any. Nothing tells a page that was packed harder already: asked again, it
    /// is tried again.
    ///
    /// - Throws: EINVAL for a level that the codec does not have, a threshold below 0 or above a page, no pages, or another
    ///   percentage than 1 to 100; EBUSY while an order is under way; EAGAIN where the system gives no thread; ENODEV where the
    ///   pool was removed.
    public func recompress(_ order: RecompressionOrder) throws(Errno) {
        let level = order.level ?? workspaces.codec.recompressionLevel
        guard workspaces.codec.levels.contains(level), (1...100).contains(order.cpuPercent),
            (0...Self.pageBytes).contains(order.thresholdBytes), order.pagesMax ?? 1 > 0
        else { throw .invalidArgument }
        if isDead { throw .operationNotSupportedByDevice }
        try recompressionChore.take(order)
        do throws(Errno) {
            try worker.ask(recompressionChore)
        } catch {
            recompressionChore.giveUp()
            // The worker ends with the pool.
            throw error == .canceled ? .operationNotSupportedByDevice : error
        }
    }

    /// Gives up what is under way, if anything is: pages that were done stay done.
    public func stopRecompressing() { recompressionChore.giveUp() }

    /// How far recompression has come.
    public var recompression: RecompressionProgress { recompressionChore.progress }
}
