internal import Bytes
internal import Locking
public import SystemPackage

extension PagePool {
    /// Changes some bytes of a page; the others stay as they are, zeros where nothing was stored.
    ///
    /// Read, changed and packed outside every lock, and stored only if the page is still the one that was read; otherwise
    /// begun anew, so that of two writes to one page none is lost. A page that comes to zeros is given up.
    ///
    /// - Parameters:
    ///   - page: its number.
    ///   - offset: where the first byte goes; all lie within the page.
    ///   - bytes: what goes there.
    /// - Throws: as ``put(_:_:)``, and EBADMSG where what is stored is damaged.
    public func modify(_ page: UInt64, at offset: Int, _ bytes: Span<UInt8>) throws(Errno) {
        precondition(offset >= 0 && offset + bytes.count <= Self.pageBytes, "beyond the page")
        let workspace = try workspaces.take()
        defer { workspaces.giveBack(workspace) }
        var object = ByteBuffer(capacity: Self.pageBytes + 128)
        var old = ByteBuffer(capacity: Self.pageBytes)
        var new = ByteBuffer(capacity: Self.pageBytes)
        // Every further turn means that somebody else's write was stored.
        while true {
            object.removeAll()
            old.removeAll()
            new.removeAll()
            let found = try withShard(of: page) { shard throws(Errno) in
                try shard.admit(page)
                return try shard.find(page, into: &object)
            }
            if found.entry.isOnDisk {
                do throws(Errno) {
                    // What was read into it before may have been written anew.
                    workspace.blocksOrigin = nil
                    try read(page, found, workspace, into: &object)
                    try unpack(found, object.span, workspace, into: &old)
                } catch {
                    // Its place may have been written anew meanwhile.
                    if error != .noMemory, try !isStill(page, found) { continue }
                    throw countFailedRead(page, error)
                }
            } else {
                try unpack(found, object.span, of: page, in: workspace, into: &old)
            }
            new.append(old.span.extracting(0..<offset))
            new.append(bytes)
            new.append(old.span.extracting((offset + bytes.count)..<Self.pageBytes))
            if try store(page, new.span, ifStill: found, object.span, in: workspace) { return }
        }
    }

    /// Makes the page of what was found; damage is counted.
    private func unpack(
        _ found: PoolShard.Found, _ object: Span<UInt8>, of page: UInt64, in workspace: Workspace,
        into out: inout ByteBuffer
    ) throws(Errno) {
        do throws(Errno) {
            try unpack(found, object, workspace, into: &out)
        } catch {
            if error == .badMessage {
                shards[homes.home(of: page)].state.withLock { $0.counted.failedReads += 1 }
            }
            throw error
        }
    }

    /// Stores a page if it is still the one that was found.
    ///
    /// - Returns: whether it was.
    private func store(
        _ page: UInt64, _ bytes: Span<UInt8>, ifStill found: PoolShard.Found, _ object: Span<UInt8>,
        in workspace: Workspace
    ) throws(Errno) -> Bool {
        if let word = bytes.repeatedWord {
            var isStored = false
            try storing(page) { shard, isLast throws(Errno) in
                isStored = shard.isStill(page, found, object)
                guard isStored else { return }
                if word == 0 { _ = shard.discard(page) } else { try shard.put(page, repeating: word, isLast: isLast) }
            }
            return isStored
        }
        let set = dictionaries.borrow()
        defer { set?.giveBack() }
        let form = try pack(bytes, of: page, in: workspace, set)
        // Out of the object, for the compiler does not see that nobody else can reach it there.
        var frame = ByteBuffer(capacity: 64)
        swap(&frame, &workspace.frame)
        defer { swap(&frame, &workspace.frame) }
        return try store(page, form, frame.span, ifStill: found, object)
    }

    private func store(
        _ page: UInt64, _ form: TableEntry.Form, _ payload: Span<UInt8>, ifStill found: PoolShard.Found,
        _ object: Span<UInt8>
    ) throws(Errno) -> Bool {
        var isStored = false
        try storing(page) { shard, isLast throws(Errno) in
            isStored = shard.isStill(page, found, object)
            if isStored { try shard.put(page, form, payload, isLast: isLast) }
        }
        if isStored, payload.count > Spiller.largeBytes, spiller.wantsLarge { spiller.note(large: [page], self) }
        return isStored
    }
}
