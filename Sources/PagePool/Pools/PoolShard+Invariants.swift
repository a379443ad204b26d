internal import SystemPackage

extension PoolShard {
    /// What ``heldPages`` is by the system's own account. For checks: some system calls for each chunk.
    func systemPages() -> Int { storage.stacks.systemPages() + storage.table.systemPages() }

    /// Walks every entry and its object's back pointer, and traps where one leads elsewhere. Empty in release.
    ///
    /// - Parameters:
    ///   - isHome: whether a page belongs into this shard.
    ///   - onDisk: where objects in the backing store are, with their bytes; appended to.
    func checkInvariants(isHome: (UInt64) -> Bool, onDisk: inout [(place: UInt64, payload: Int)]) {
        #if DEBUG
            storage.table.checkInvariants()
            storage.stacks.checkInvariants()
            var again = PoolShard(pageCount: pageCount, held: HeldPages(limit: 0), memory: SystemMemory())
            var objects = [Int](repeating: 0, count: ClassShape.count)
            var next = storage.table.next(from: 0)
            while let page = next {
                let entry = storage.table.entry(page)
                precondition(page < pageCount, "a page beyond the end")
                precondition(isHome(page), "a page of another shard")
                if entry.isOnDisk {
                    precondition(backing != nil && entry.kind != nil && entry.kind != .same, "no such object")
                    precondition(!entry.isLeaving, "an object that left is leaving")
                    onDisk.append((entry.place, entry.payload))
                } else if entry.isObject {
                    let number = entry.classNumber
                    precondition(number < ClassShape.count && entry.kind != nil, "no such object")
                    precondition(entry.index < storage.stacks.count(number), "an object above the top")
                    precondition(storage.stacks.page(of: number, entry.index) == page, "an object of another page")
                    objects[number] += 1
                }
                again.count(entry, isComing: true)
                next = storage.table.next(from: page + 1)
            }
            for number in objects.indices {
                precondition(objects[number] == storage.stacks.count(number), "objects of no page")
            }
            precondition(again.counted.storedBytes == counted.storedBytes, "stored bytes")
            precondition(again.counted.pagesSame == counted.pagesSame, "same pages")
            precondition(again.counted.pagesHuge == counted.pagesHuge, "huge pages")
            precondition(again.counted.pagesOnDisk == counted.pagesOnDisk, "pages in the backing store")
            precondition(again.counted.storedBytesOnDisk == counted.storedBytesOnDisk, "bytes in the backing store")
            for number in 0..<256 {
                let pages = again.pagesOfDictionary[number]
                precondition(pages == pagesOfDictionary[number], "pages of dictionary \(number)")
                let isThere = number < dictionaries.count && dictionaries[number] != nil
                precondition(pages == 0 || isThere, "pages of a dictionary that is gone")
            }
            for bucket in 0..<17 { precondition(again.histogram[bucket] == histogram[bucket], "the histogram") }
            // Less where the system has pages swapped out.
            precondition(systemPages() <= heldPages, "more memory is held than told")
            precondition(heldPages == accounted, "pages that nobody accounted for")
        #endif
    }
}
