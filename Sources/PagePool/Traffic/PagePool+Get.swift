public import Bytes
internal import Locking
public import SystemPackage

extension PagePool {
    /// Gives a page back.
    ///
    /// Its object is copied under the lock and unpacked outside, straight into the buffer.
    ///
    /// - Parameters:
    ///   - page: its number.
    ///   - out: ``pageBytes`` are appended; as it was where an error is thrown.
    /// - Throws: EINVAL beyond the end; ENODATA where nothing is stored; EBADMSG where the checksum says that the
    ///   object is damaged; ENOMEM where there are no contexts; ENODEV where the pool was removed.
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
        let stored = try withShard(of: page) { shard throws(Errno) in
            try shard.admit(page)
            return try shard.get(page, into: &workspace.frame)
        }
        return try unpack(page, stored, workspace.frame.span, workspace, into: &out)
    }

    /// Gives a page of what was copied of it.
    ///
    /// - Returns: the bytes that its object takes.
    /// - Throws: EBADMSG where it is damaged, ENOMEM; counted, and `out` as it was.
    func unpack(
        _ page: UInt64, _ stored: PoolShard.Stored, _ frame: Span<UInt8>, _ workspace: Workspace,
        into out: inout ByteBuffer
    ) throws(Errno) -> Int {
        do throws(Errno) {
            switch stored {
            case .compressed:
                try workspace.contexts.decompress(frame, into: &out)
                return frame.count
            case .huge:
                try HugePage.open(frame, into: &out)
                return Self.pageBytes
            case .same(let word):
                out.append(repeating: word, times: Self.pageBytes / 8)
                return 0
            }
        } catch {
            shards[homes.home(of: page)].state.withLock { shard in
                // It was counted as given when it was found; a reset may have been in between.
                if shard.counted.gets > 0 { shard.counted.gets -= 1 }
                if error == .badMessage { shard.counted.failedReads += 1 }
            }
            throw error
        }
    }
}
