internal import Bytes
internal import Locking
internal import Synchronization
public import SystemPackage

extension PagePool {
    /// Stores a page, or stores it anew; where it throws, what was stored before still is.
    ///
    /// A page that repeats a word takes 0.1 us; the others what the codec takes, outside every lock, and about 0.5 us.
    ///
    /// - Parameters:
    ///   - page: its number, from 0.
    ///   - bytes: ``pageBytes`` of them.
    /// - Throws: EINVAL for another size and for a page beyond the end; ENOSPC over the limit, as an overwrite only
    ///   where the new object needs more pages of memory than the old one gives back; ENOMEM; EIO where the codec
    ///   fails; ENODEV where the pool was removed.
    public func put(_ page: UInt64, _ bytes: Span<UInt8>) throws(Errno) {
        guard bytes.count == Self.pageBytes else { throw countInvalid(page) }
        guard let probe, probe.listens(to: .put) else {
            _ = try store(page, bytes)
            return
        }
        let start = probe.now
        let entry = try store(page, bytes)
        tell(probe, .put, page, entry, since: start)
    }

    /// Stores a page.
    ///
    /// - Returns: the bytes that its object takes.
    /// - Throws: as ``put(_:_:)``.
    func store(_ page: UInt64, _ bytes: Span<UInt8>) throws(Errno) -> Int {
        if let word = bytes.repeatedWord { return try store(page, repeating: word) }
        if isDead || page >= devicePages.load(ordering: .relaxed) { try admit(page) }
        let workspace = try borrow(for: page)
        defer { workspaces.giveBack(workspace) }
        let set = dictionaries.borrow()
        defer { set?.giveBack() }
        let form = try pack(bytes, of: page, in: workspace, set)
        try store(page, form, workspace.frame.span)
        return form.kind == .huge ? Self.pageBytes : workspace.frame.count
    }

    /// Makes a page's object in the workspace's frame: packed, or as it is where that is not worth it.
    ///
    /// - Parameters:
    ///   - bytes: the page.
    ///   - page: its number, for a failure to be counted.
    ///   - workspace: lent.
    ///   - set: the dictionaries, borrowed until the object is stored.
    /// - Returns: how the object is to be read.
    /// - Throws: EIO where the codec fails.
    func pack(
        _ bytes: Span<UInt8>, of page: UInt64, in workspace: Workspace, _ set: DictionarySet?
    ) throws(Errno) -> TableEntry.Form {
        workspace.frame.removeAll()
        do throws(Errno) {
            return try pack(bytes, workspace, set, into: &workspace.frame)
        } catch {
            throw countFailed(page, error)
        }
    }

    /// Makes the object of a page that comes.
    ///
    /// - Parameters:
    ///   - bytes: the page.
    ///   - workspace: lent.
    ///   - set: the dictionaries, borrowed until the object is stored; nil where they are off.
    ///   - frame: the object's own bytes are appended.
    /// - Returns: how they are to be read.
    /// - Throws: EIO where the codec fails.
    func pack(
        _ bytes: Span<UInt8>, _ workspace: Workspace, _ set: DictionarySet?, into frame: inout ByteBuffer
    ) throws(Errno) -> TableEntry.Form {
        guard let set else { return try pack(bytes, workspace.contexts, level: level, nil, into: &frame) }
        let start = frame.count
        let form = try pack(bytes, workspace.contexts, level: level, set.member(for: bytes), into: &frame)
        workspace.pagesUntilSample -= 1
        if workspace.pagesUntilSample < 0 {
            let (pause, asks) = dictionaries.look(
                bytes, storedBytes: min(frame.count - start, Self.pageBytes), isPatient: hasRoomForSample)
            workspace.pagesUntilSample = pause
            if asks { askForDictionaries() }
        }
        return form
    }

    /// Makes a page's object.
    ///
    /// - Parameters:
    ///   - bytes: the page.
    ///   - contexts: the codec's.
    ///   - level: where there is no dictionary, which has its own.
    ///   - member: the dictionary, or none.
    ///   - frame: the object's own bytes are appended.
    /// - Returns: how they are to be read.
    /// - Throws: EIO where the codec fails.
    func pack(
        _ bytes: Span<UInt8>, _ contexts: any PageWorkspace, level: Int, _ member: DictionarySet.Member?,
        into frame: inout ByteBuffer
    ) throws(Errno) -> TableEntry.Form {
        let start = frame.count
        try contexts.compress(bytes, level: level, dictionary: member?.contexts, into: &frame)
        if frame.count - start < HugePage.frameBytesMin {
            return TableEntry.Form(kind: .compressed, dictionary: member?.dictionary.number ?? 0)
        }
        frame.truncate(to: start)
        HugePage.seal(bytes, into: &frame)
        return TableEntry.Form(kind: .huge)
    }

    private func store(_ page: UInt64, _ form: TableEntry.Form, _ payload: Span<UInt8>) throws(Errno) {
        try storing(page) { shard, isLast throws(Errno) in
            try shard.put(page, form, payload, isLast: isLast)
        }
        if payload.count > Spiller.largeBytes, spiller.wantsLarge { spiller.note(large: [page], self) }
    }

    private func store(_ page: UInt64, repeating word: UInt64) throws(Errno) -> Int {
        try storing(page) { shard, isLast throws(Errno) in
            try shard.put(page, repeating: word, isLast: isLast)
        }
        return 0
    }

    /// Refuses what the shard would refuse anyway, before a page is compressed for nothing.
    private func admit(_ page: UInt64) throws(Errno) {
        try withShard(of: page) { shard throws(Errno) in try shard.admit(page) }
    }

    private func borrow(for page: UInt64) throws(Errno) -> Workspace {
        do throws(Errno) { return try workspaces.take() } catch { throw countFailed(page, error) }
    }

    private func countFailed(_ page: UInt64, _ error: Errno) -> Errno {
        shards[homes.home(of: page)].state.withLock { $0.counted.failedWrites += 1 }
        return error
    }

    /// Counts what is no page of the device, or no page; of a pool that is gone nothing is counted.
    func countInvalid(_ page: UInt64) -> Errno {
        shards[homes.home(of: page)].state.withLock { shard in
            if shard.isClosed { return .operationNotSupportedByDevice }
            shard.counted.invalidOperations += 1
            return .invalidArgument
        }
    }
}
