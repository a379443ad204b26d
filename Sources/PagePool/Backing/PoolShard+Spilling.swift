internal import Bytes
internal import SystemPackage

/// How an object gets to the backing store and back. An object is copied and marked, written without any lock, and
/// goes only where the mark is still there afterwards: nothing that was stored meanwhile is lost, and no old version
/// comes back.
extension PoolShard {
    // MARK: looking for pages

    /// Looks at the entries of some pages and may change their ages.
    ///
    /// - Parameters:
    ///   - first: the page to begin with.
    ///   - count: how many entries at most.
    ///   - visit: says at which age the page is to be, and whether to go on.
    /// - Returns: the page to go on with; nil at the end.
    mutating func visit(
        from first: UInt64, count: Int, _ visit: (UInt64, TableEntry) -> (age: Int, goesOn: Bool)
    ) -> UInt64? {
        var next = storage.table.next(from: first)
        for _ in 0..<count {
            guard let page = next else { return nil }
            let entry = storage.table.entry(page)
            let (age, goesOn) = visit(page, entry)
            if entry.isObject, age != entry.age { storage.table.set(page, entry.aged(age)) }
            next = storage.table.next(from: page + 1)
            if !goesOn { break }
        }
        return next
    }

    /// Notes that a page was used.
    @inline(__always)
    mutating func touch(_ page: UInt64, _ entry: TableEntry) {
        if entry.age != 0 { storage.table.set(page, entry.aged(0)) }
    }

    // MARK: to the backing store

    /// Copies an object and marks it as leaving.
    ///
    /// - Parameters:
    ///   - page: whose.
    ///   - payload: bytes of its own that there is a place for.
    ///   - store: where it is to go.
    ///   - object: appended to.
    /// - Returns: whether there is still such an object.
    mutating func lend(
        _ page: UInt64, _ payload: Int, to store: BackingStore, into object: inout ByteBuffer
    ) -> Bool {
        let entry = storage.table.entry(page)
        guard backing === store, entry.canSpill, entry.payload == payload,
            storage.stacks.page(of: entry.classNumber, entry.index) == page
        else { return false }
        storage.stacks.append(entry.classNumber, entry.index, count: payload, to: &object)
        storage.table.set(page, entry.leaving(true))
        return true
    }

    /// Takes the mark off again, where it still is.
    mutating func keep(_ page: UInt64) {
        let entry = storage.table.entry(page)
        if entry.isInMemory, entry.isLeaving { storage.table.set(page, entry.leaving(false)) }
    }

    /// Gives up an object that was written, where the mark is still there.
    ///
    /// - Parameters:
    ///   - page: whose.
    ///   - place: where it was written to.
    ///   - store: to what.
    /// - Returns: whether it was still that; what was written is garbage otherwise.
    mutating func spill(_ page: UInt64, to place: UInt64, of store: BackingStore) -> Bool {
        let old = storage.table.entry(page)
        guard old.isInMemory, old.isLeaving else { return false }
        guard backing === store else {
            storage.table.set(page, old.leaving(false))
            return false
        }
        let new = old.spilled(to: place)
        release(old, isTight: false)
        storage.table.set(page, new)
        count(old, isComing: false)
        count(new, isComing: true)
        store.adopt(place, new.payload)
        settle()
        return true
    }

    /// Whether an object of the backing store lives: the page's entry leads to it.
    func lives(_ page: UInt64, at place: UInt64, of store: BackingStore) -> Bool {
        let entry = storage.table.entry(page)
        return backing === store && entry.isOnDisk && entry.place == place
    }

    /// Lets a page's entry lead to where its object was copied to.
    ///
    /// - Returns: whether the object still lived.
    mutating func move(_ page: UInt64, from old: UInt64, to new: UInt64, of store: BackingStore) -> Bool {
        guard lives(page, at: old, of: store) else { return false }
        let entry = storage.table.entry(page)
        storage.table.set(page, entry.spilled(to: new))
        store.adopt(new, entry.payload)
        store.forget(old, entry.payload, isMoved: true)
        return true
    }

    // MARK: back

    /// Counts an object of the backing store out, whose page is given up or stored anew.
    @inline(never)
    mutating func forgetOnDisk(_ entry: TableEntry) { backing?.forget(entry.place, entry.payload) }

    /// Takes an object that was read into memory again, where it is still that and there is room.
    ///
    /// - Parameters:
    ///   - page: whose.
    ///   - found: what was found before it was read.
    ///   - payload: its bytes.
    /// - Returns: whether it is in memory now.
    mutating func promote(_ page: UInt64, _ found: Found, _ payload: Span<UInt8>) -> Bool {
        guard isStill(page, found, payload) else { return false }
        let old = storage.table.entry(page)
        let number = ClassShape.number(for: payload.count)
        do throws(Errno) {
            _ = try makeRoom(page, old, class: number)
        } catch {
            settle()
            return false
        }
        let index = storage.stacks.push(number, page: page, payload)
        settle()
        let new = old.promoted(to: index)
        storage.table.set(page, new)
        count(old, isComing: false)
        count(new, isComing: true)
        if new.kind == .huge { counted.pagesHugeEver -= 1 }
        forgetOnDisk(old)
        return true
    }
}

extension TableEntry {
    /// Whether the object may go: it is in memory, not on its way, and more than a word.
    var canSpill: Bool { isInMemory && !isLeaving && kind != .same }
}
