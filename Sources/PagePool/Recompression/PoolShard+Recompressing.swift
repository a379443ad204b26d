internal import SystemPackage

extension PoolShard {
    /// Some of this shard's pages.
    ///
    /// - Parameters:
    ///   - first: the number to begin with.
    ///   - entriesMax: how many entries are looked at.
    ///   - pagesMax: how many pages are given.
    ///   - isWanted: asked of each entry.
    /// - Returns: pages, how many entries were looked at, and where to go on; nil where there are no more.
    func pages(
        from first: UInt64, looking entriesMax: Int, most pagesMax: Int, where isWanted: (TableEntry) -> Bool
    ) -> (pages: [UInt64], looked: Int, next: UInt64?) {
        var pages: [UInt64] = []
        var looked = 0
        var next = storage.table.next(from: first)
        while let page = next, looked < entriesMax, pages.count < pagesMax {
            looked += 1
            if isWanted(storage.table.entry(page)) { pages.append(page) }
            next = storage.table.next(from: page + 1)
        }
        return (pages, looked, next)
    }

    /// Stores a page in another form, if it is still the one that was found: no put of anybody's, so none is counted.
    ///
    /// - Parameters:
    ///   - page: its number.
    ///   - found: what was found of it.
    ///   - object: the object's bytes that were found.
    ///   - form: how the new bytes are to be read.
    ///   - payload: these.
    /// - Returns: how many bytes smaller it is stored; nil where the page is another now.
    /// - Throws: ENOSPC over the limit, ENOMEM, ENODEV; the page is as it was.
    mutating func replace(
        _ page: UInt64, _ found: Found, _ object: Span<UInt8>, by form: TableEntry.Form, _ payload: Span<UInt8>
    ) throws(Errno) -> Int? {
        if isClosed { throw .operationNotSupportedByDevice }
        guard isStill(page, found, object) else { return nil }
        let before = (puts: counted.puts, hugeEver: counted.pagesHugeEver)
        do throws(Errno) {
            try store(page, form, payload)
        } catch {
            settle()
            throw error
        }
        // Nobody used it.
        storage.table.set(page, storage.table.entry(page).aged(found.entry.age))
        counted.puts = before.puts
        counted.pagesHugeEver = before.hugeEver
        let saved = found.entry.payload - payload.count
        counted.pagesRecompressed += 1
        counted.recompressionSavedBytes += UInt64(max(saved, 0))
        return saved
    }
}
