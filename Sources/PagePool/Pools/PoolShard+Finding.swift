internal import Bytes
internal import SystemPackage

extension PoolShard {
    /// What was found of a page: enough to read it outside the lock, and to tell later whether it is still that.
    struct Found: Sendable {
        /// The table's entry.
        let entry: TableEntry
        /// For an object in the backing store: where that is, and how often its cluster was written.
        var store: BackingStore?
        var sequence: UInt32 = 0
        /// The dictionary that its object needs, alive as long as this.
        var dictionary: LiveDictionary?
        /// How the bytes of its object are to be read; nil where it has none.
        var form: TableEntry.Form? { entry.form }

        /// The word that the page repeats, where it does: that of its object, or of its entry; 0 where nothing is stored.
        func word(_ object: Span<UInt8>) -> UInt64 {
            if entry.isEmpty { return 0 }
            guard entry.isObject else { return entry.word }
            var word: UInt64 = 0
            for index in 0..<8 { word |= UInt64(object[index]) << UInt64(index * 8) }
            return word
        }
    }

    /// Looks at what is stored of a page, and copies its object's own bytes, unless they are in the backing store.
    ///
    /// - Throws: EBADMSG where the entry leads to another page's object; counted.
    mutating func find(_ page: UInt64, into object: inout ByteBuffer) throws(Errno) -> Found {
        let entry = storage.table.entry(page)
        guard entry.isInMemory else { return try findElsewhere(entry) }
        // An entry has no checksum: what it leads to says whose it is.
        guard storage.stacks.page(of: entry.classNumber, entry.index) == page else {
            counted.failedReads += 1
            throw .badMessage
        }
        let found = try found(entry)
        storage.stacks.append(entry.classNumber, entry.index, count: entry.payload, to: &object)
        return found
    }

    /// A dictionary by its number; nil for 0.
    private func dictionary(_ number: UInt8) -> LiveDictionary? {
        Int(number) < dictionaries.count ? dictionaries[Int(number)] : nil
    }

    /// What an entry says, with the dictionary that it needs.
    ///
    /// - Throws: EBADMSG where there is no such dictionary; counted.
    @inline(__always)
    private mutating func found(_ entry: TableEntry) throws(Errno) -> Found {
        var found = Found(entry: entry)
        if entry.dictionary != 0 {
            found.dictionary = dictionary(entry.dictionary)
            if found.dictionary == nil {
                counted.failedReads += 1
                throw .badMessage
            }
        }
        return found
    }

    private mutating func findElsewhere(_ entry: TableEntry) throws(Errno) -> Found {
        guard entry.isOnDisk, let backing else { return Found(entry: entry) }
        var found = try found(entry)
        found.store = backing
        found.sequence = backing.sequence(of: entry.place)
        return found
    }

    /// The same for a page that is got, which is counted.
    ///
    /// - Throws: ENODATA where nothing is stored; EBADMSG.
    @inline(__always)
    mutating func get(_ page: UInt64, into object: inout ByteBuffer) throws(Errno) -> Found {
        let found = try find(page, into: &object)
        if found.entry.isEmpty { throw .noData }
        if found.entry.isObject { touch(page, found.entry) }
        counted.gets += 1
        return found
    }

    /// Whether the same is still stored of a page.
    ///
    /// By its bytes, for an object may have moved, and one written anew in place has the entry of the one before. In the
    /// backing store by its place, as long as nothing else was written there; one that went out or came back meanwhile
    /// is not the same.
    func isStill(_ page: UInt64, _ found: Found, _ object: Span<UInt8>) -> Bool {
        let entry = storage.table.entry(page)
        guard entry.isObject, found.entry.isObject else { return entry == found.entry }
        if entry.isOnDisk || found.entry.isOnDisk {
            return entry.aged(0) == found.entry.aged(0) && backing === found.store
                && backing?.sequence(of: entry.place) == found.sequence
        }
        return entry.form == found.form && entry.payload == found.entry.payload
            && dictionary(entry.dictionary) === found.dictionary
            && storage.stacks.holds(entry.classNumber, entry.index, object)
    }

    /// How a page is kept.
    func state(_ page: UInt64) -> PageState? {
        let entry = storage.table.entry(page)
        if entry.isEmpty { return nil }
        if entry.isOnDisk { return .backing(storedBytes: entry.storedBytes, isHuge: entry.kind == .huge) }
        return switch entry.kind {
        case .compressed: .compressed(storedBytes: entry.payload)
        case .huge: .huge
        case .same: .same(pattern: storage.stacks.word(entry.classNumber, entry.index))
        case nil: .same(pattern: entry.word)
        }
    }
}
