public import SystemPackage

extension PagePool {
    /// Begins to read every page in the background, and to verify its checksum and whose object it is.
    ///
    /// A page that is found damaged stays, its number is told by ``scrubReport``, and it counts as a failed read. About 6
    /// us of CPU time a page, on a quarter of one CPU at most.
    ///
    /// - Throws: EBUSY where that is under way already; ENODEV where the pool was removed; ENOMEM where there is no thread.
    public func beginScrub() throws(Errno) {
        if isDead { throw .operationNotSupportedByDevice }
        try scrubber.begin(pages: statistics.pagesStored)
        do throws(Errno) {
            try worker.ask(scrubber)
        } catch {
            scrubber.end()
            throw error == .canceled ? .operationNotSupportedByDevice : .noMemory
        }
    }

    /// Stops it, if it is under way: no page is looked at any more but the one that is being read.
    public func endScrub() { scrubber.end() }

    /// How far it is, or what the last one came to.
    public var scrubReport: ScrubReport { scrubber.report }
}
