public import Bytes
internal import Locking
public import SystemPackage

extension PagePool {
    /// Gives a page back.
    ///
    /// Its object is copied under the lock and unpacked outside, straight into the buffer. One in the backing store is read
    /// outside every lock, with one request.
    ///
    /// - Parameters:
    ///   - page: its number.
    ///   - out: ``pageBytes`` are appended; as it was where an error is thrown.
    /// - Throws: EINVAL beyond the end; ENODATA where nothing is stored; EBADMSG where the checksum says that the
    ///   object is damaged; EIO where the backing store cannot be read; ENOMEM where there are no contexts; ENODEV where
    ///   the pool was removed.
    public func get(_ page: UInt64, into out: inout ByteBuffer) throws(Errno) {
        guard let probe, probe.listens(to: .get) else {
            _ = try load(page, into: &out)
            return
        }
        let start = probe.now
        let stored = try load(page, into: &out)
        tell(probe, .get, page, stored, since: start)
    }

    private func load(_ page: UInt64, into out: inout ByteBuffer) throws(Errno) -> Int {
        let workspace = try workspaces.take()
        defer { workspaces.giveBack(workspace) }
        workspace.frame.removeAll()
        let found = try withShard(of: page) { shard throws(Errno) in
            try shard.admit(page)
            return try shard.get(page, into: &workspace.frame)
        }
        if found.entry.isOnDisk { return try fetch(page, found, workspace, into: &out) }
        return try give(page, found, workspace.frame.span, workspace, into: &out)
    }

    /// Gives a page of what was got of it.
    ///
    /// - Returns: the bytes that its object takes.
    /// - Throws: EBADMSG where it is damaged, ENOMEM; counted, and `out` as it was.
    func give(
        _ page: UInt64, _ found: PoolShard.Found, _ object: Span<UInt8>, _ workspace: Workspace,
        into out: inout ByteBuffer
    ) throws(Errno) -> Int {
        do throws(Errno) {
            try unpack(found, object, workspace, into: &out)
        } catch {
            shards[homes.home(of: page)].state.withLock { shard in
                // It was counted as given when it was found; a reset may have been in between.
                if shard.counted.gets > 0 { shard.counted.gets -= 1 }
                if error == .badMessage { shard.counted.failedReads += 1 }
            }
            throw error
        }
        return found.entry.storedBytes
    }

    /// Makes the page of what was found.
    ///
    /// - Throws: EBADMSG where it is damaged, ENOMEM; `out` as it was.
    @inline(__always)
    func unpack(
        _ found: PoolShard.Found, _ object: Span<UInt8>, _ workspace: Workspace, into out: inout ByteBuffer
    ) throws(Errno) {
        switch found.form?.kind {
        case .compressed:
            try workspace.contexts.decompress(object, dictionary: found.dictionary?.contexts, into: &out)
        case .huge: try HugePage.open(object, into: &out)
        case .same, nil: out.append(repeating: found.word(object), times: Self.pageBytes / 8)
        }
    }
}
