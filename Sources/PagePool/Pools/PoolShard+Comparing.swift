internal import Bytes

extension PoolShard {
    /// What was found of a page: enough to tell later whether it is still that.
    struct Found: Sendable {
        /// The table's entry.
        let entry: TableEntry
        /// What its object holds; nil where it has none.
        var kind: TableEntry.Kind? { entry.isObject ? entry.kind : nil }

        /// The word that the page repeats, where it does: that of its object, or of its entry; 0 where nothing is stored.
        func word(_ object: Span<UInt8>) -> UInt64 {
            if entry.isEmpty { return 0 }
            guard entry.isObject else { return entry.word }
            var word: UInt64 = 0
            for index in 0..<8 { word |= UInt64(object[index]) << UInt64(index * 8) }
            return word
        }
    }

    /// Looks at what is stored of a page, and copies its object's own bytes.
    func find(_ page: UInt64, into object: inout ByteBuffer) -> Found {
        let entry = storage.table.entry(page)
        if entry.isObject { storage.stacks.append(entry.classNumber, entry.index, count: entry.payload, to: &object) }
        return Found(entry: entry)
    }

    /// Whether the same is still stored of a page.
    ///
    /// By its bytes, for an object may have moved, and one written anew in place has the entry of the one before.
    func isStill(_ page: UInt64, _ found: Found, _ object: Span<UInt8>) -> Bool {
        let entry = storage.table.entry(page)
        guard entry.isObject, found.entry.isObject else { return entry == found.entry }
        return entry.kind == found.entry.kind && entry.payload == found.entry.payload
            && storage.stacks.holds(entry.classNumber, entry.index, object)
    }
}
