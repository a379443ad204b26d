internal import Bytes
internal import SystemPackage

extension PoolShard {
    // MARK: what a pool asks for

    /// Sees to it that there is such a page.
    ///
    /// - Throws: ENODEV where the pool was removed, EINVAL beyond the end.
    @inline(__always)
    mutating func admit(_ page: UInt64) throws(Errno) {
        if isClosed { throw .operationNotSupportedByDevice }
        if page >= pageCount {
            counted.invalidOperations += 1
            throw .invalidArgument
        }
    }

    /// Stores a page as an object; a refusal is counted.
    ///
    /// - Parameters:
    ///   - page: its number.
    ///   - form: how the object's own bytes are to be read.
    ///   - payload: these bytes.
    ///   - isLast: whether ENOSPC is the end of it, and so to be counted.
    /// - Throws: ENOSPC over the limit, ENOMEM; what was stored before still is.
    mutating func put(
        _ page: UInt64, _ form: TableEntry.Form, _ payload: Span<UInt8>, isLast: Bool
    ) throws(Errno) {
        do throws(Errno) {
            try store(page, form, payload)
        } catch {
            throw refused(error, isLast: isLast)
        }
    }

    private mutating func refused(_ error: Errno, isLast: Bool) -> Errno {
        settle()
        if isLast || error != .noSpace { counted.failedWrites += 1 }
        return error
    }

    /// Stores a page that repeats a word; a refusal is counted.
    mutating func put(_ page: UInt64, repeating word: UInt64, isLast: Bool) throws(Errno) {
        guard let entry = TableEntry(repeating: word) else {
            var bytes = InlineArray<8, UInt8>(repeating: 0)
            for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: word >> UInt64(index * 8)) }
            return try put(page, TableEntry.Form(kind: .same), bytes.span, isLast: isLast)
        }
        do throws(Errno) {
            try store(page, entry)
        } catch {
            throw refused(error, isLast: isLast)
        }
    }

    // MARK: how it is done

    /// Stores a page as an object, or stores it anew; all or nothing.
    ///
    /// - Throws: ENOSPC over the limit, ENOMEM; what was stored before still is.
    mutating func store(_ page: UInt64, _ form: TableEntry.Form, _ payload: Span<UInt8>) throws(Errno) {
        let old = storage.table.entry(page)
        let number = ClassShape.number(for: payload.count)
        let entry: TableEntry
        if old.isInMemory, old.classNumber == number {
            storage.stacks.overwrite(number, old.index, payload)
            entry = TableEntry(form, index: old.index, payload: payload.count)
        } else {
            let isTight = try makeRoom(page, old, class: number)
            if old.isObject { release(old, isTight: isTight) }
            let index = storage.stacks.push(number, page: page, payload)
            entry = TableEntry(form, index: index, payload: payload.count)
            settle()
        }
        storage.table.set(page, entry)
        count(old, isComing: false)
        count(entry, isComing: true)
        counted.puts += 1
    }

    /// Stores a page that needs no object.
    ///
    /// - Throws: ENOSPC or ENOMEM where a node of the table would be one too many.
    private mutating func store(_ page: UInt64, _ entry: TableEntry) throws(Errno) {
        let old = storage.table.entry(page)
        if old.isEmpty { _ = try makeRoom(page, old, class: nil) }
        if old.isObject { release(old, isTight: false) }
        settle()
        storage.table.set(page, entry)
        count(old, isComing: false)
        count(entry, isComing: true)
        counted.puts += 1
    }

    /// Forgets a page.
    ///
    /// - Returns: what was stored.
    mutating func discard(_ page: UInt64) -> TableEntry {
        counted.discards += 1
        let old = storage.table.entry(page)
        if old.isEmpty { return old }
        if old.isObject {
            release(old, isTight: false)
            if old.isInMemory { storage.stacks.trimSlack(old.classNumber, keeping: 0) }
        }
        storage.table.clear(page)
        count(old, isComing: false)
        if storage.table.count == 0 { storage.stacks.trimAll() }
        settle()
        return old
    }

    /// Takes an object out of its class; the last one of the class takes its place, and its entry follows. Or out of the
    /// backing store.
    mutating func release(_ old: TableEntry, isTight: Bool) {
        if old.isOnDisk { return forgetOnDisk(old) }
        if let moved = storage.stacks.remove(old.classNumber, old.index) {
            storage.table.set(moved, storage.table.entry(moved).moved(to: old.index))
        }
        if isTight { storage.stacks.trim(old.classNumber, slack: 0) }
    }

    /// Sees to it that a page can be stored: within the limit, a chunk for its object, nodes for its entry.
    ///
    /// Judged is what the operation comes to: what the old object gives back counts. Only where the limit would be
    /// exceeded is slack given back, this shard's own; the pool then asks the others and comes again.
    ///
    /// - Parameters:
    ///   - page: the page.
    ///   - old: what is stored of it, which will go.
    ///   - number: the class of its new object, or nil where it needs none.
    /// - Returns: whether there is nothing to spare, so that what goes is to be given back at once.
    /// - Throws: ENOSPC, ENOMEM; nothing has changed then but slack.
    mutating func makeRoom(_ page: UInt64, _ old: TableEntry, class number: Int?) throws(Errno) -> Bool {
        let nodes = old.isEmpty ? storage.table.nodesMissing(page) : 0
        let push = number.map { storage.stacks.pagesToPush($0) } ?? (resident: 0, needed: 0)
        var isTight = false
        if push.resident + nodes > 0, !reserve(push.resident + nodes) {
            giveBackSlack()
            let pop = old.isInMemory ? storage.stacks.pagesToPop(old.classNumber) : 0
            let net = push.needed + nodes - pop
            if net > 0, !reserve(net) { throw .noSpace }
            isTight = true
        }
        if let number { try storage.stacks.makeRoom(number) }
        if nodes > 0 { try storage.table.makeNodes(page) }
        return isTight
    }
}
