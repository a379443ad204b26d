internal import Bytes
internal import Locking
internal import SystemPackage

/// How pages are read whose objects are in the backing store: outside every lock, with one request.
///
/// Clusters are written anew when nothing in them lives any more, so what is read may be something else. Each object says
/// whose it is and has a checksum; only where these are wrong it is looked whether the page is still there.
extension PagePool {
    /// Gives a page that is in the backing store, and takes it back into memory where there is room below the low mark.
    ///
    /// - Parameters:
    ///   - page: its number.
    ///   - first: what was found, and counted as given.
    ///   - workspace: its frame is overwritten.
    ///   - usesBlocksAgain: whether what was read last may be it.
    ///   - out: the page is appended.
    /// - Returns: the bytes that its object takes.
    /// - Throws: ENODATA where it was given up meanwhile, EIO, EBADMSG, ENOMEM, ENODEV; counted, and `out` as it was.
    @inline(never)
    func fetch(
        _ page: UInt64, _ first: PoolShard.Found, _ workspace: Workspace, usesBlocksAgain: Bool = false,
        into out: inout ByteBuffer
    ) throws(Errno) -> Int {
        var found = first
        var object = ByteBuffer(capacity: 64)
        swap(&object, &workspace.frame)
        defer { swap(&object, &workspace.frame) }
        if !usesBlocksAgain { workspace.blocksOrigin = nil }
        while true {
            object.removeAll()
            do throws(Errno) {
                try read(page, found, workspace, into: &object)
                try unpack(found, object.span, workspace, into: &out)
                promote(page, found, object.span)
                return found.entry.storedBytes
            } catch {
                workspace.blocksOrigin = nil
                guard error != .noMemory else { throw uncounted(page, error) }
                object.removeAll()
                let now: PoolShard.Found
                do throws(Errno) {
                    now = try withShard(of: page) { shard throws(Errno) in
                        try shard.admit(page)
                        return try shard.find(page, into: &object)
                    }
                } catch {
                    throw uncounted(page, error)
                }
                if now.entry.isEmpty { throw uncounted(page, .noData) }
                if !now.entry.isOnDisk { return try give(page, now, object.span, workspace, into: &out) }
                let isSame =
                    now.entry.aged(0) == found.entry.aged(0) && now.store === found.store
                    && now.sequence == found.sequence
                if isSame { throw countFailedRead(page, uncounted(page, error)) }
                found = now
            }
        }
    }

    /// Reads an object of the backing store.
    ///
    /// - Parameters:
    ///   - page: whose it is to be.
    ///   - found: where it is.
    ///   - workspace: whose blocks are read into, unless they are these already.
    ///   - object: the object's own bytes are appended.
    /// - Throws: EIO and what else the system says; EBADMSG where it is another page's.
    func read(
        _ page: UInt64, _ found: PoolShard.Found, _ workspace: Workspace, into object: inout ByteBuffer
    ) throws(Errno) {
        let entry = found.entry
        let start = entry.place * UInt64(ClusterShape.granule)
        let blockStart = start & ~UInt64(ClusterShape.blockBytes - 1)
        let count = ClusterShape.blocks(for: entry.payload) * ClusterShape.blockBytes
        guard let store = found.store, blockStart + UInt64(count) <= store.device.bytes else { throw .ioError }
        let origin = workspace.blocksOrigin
        let isThere =
            count == ClusterShape.blockBytes && origin?.store == ObjectIdentifier(store) && origin?.offset == blockStart
        if !isThere {
            workspace.blocksOrigin = nil
            spiller.counters.add(to: \.readRequests)
            do throws(Errno) {
                try store.device.read(at: blockStart, count: count, into: workspace.blocks)
            } catch {
                spiller.counters.add(to: \.readFailures)
                spiller.tellUnreadable(error, store, self)
                throw .ioError
            }
            spiller.counters.add(count / ClusterShape.blockBytes, to: \.blocksRead)
            workspace.blocksOrigin = (ObjectIdentifier(store), blockStart)
        }
        let offset = Int(start - blockStart)
        guard offset + ClassShape.headerBytes + entry.payload <= count,
            UInt64(workspace.blocks.load(UInt32.self, at: offset)) == page
        else { throw .badMessage }
        let bytes = (offset + ClassShape.headerBytes)..<(offset + ClassShape.headerBytes + entry.payload)
        object.append(workspace.blocks.span.extracting(bytes))
    }

    /// Whether a page is still where it was found in the backing store.
    func isStill(_ page: UInt64, _ found: PoolShard.Found) throws(Errno) -> Bool {
        try withShard(of: page) { shard throws(Errno) in
            try shard.admit(page)
            return shard.isStill(page, found, Span())
        }
    }

    /// Takes a page that was read back into memory, where more room is left than anybody waits for, and large ones
    /// are not to go at once: a page that is read again would cost another read, and one that goes again its share of a
    /// write, a fiftieth of that.
    private func promote(_ page: UInt64, _ found: PoolShard.Found, _ object: Span<UInt8>) {
        guard spiller.policy == .pressure, held.roomBelowLow > Self.pagesToPut else { return }
        let isDone = shards[homes.home(of: page)].state.withLock { $0.promote(page, found, object) }
        if isDone { spiller.counters.add(to: \.pagesPromoted) }
        if held.wake.isSet { spiller.heed(self) }
    }

    /// Counts a get that gave nothing out again; a reset may have been in between.
    private func uncounted(_ page: UInt64, _ error: Errno) -> Errno {
        shards[homes.home(of: page)].state.withLock { shard in
            if shard.counted.gets > 0 { shard.counted.gets -= 1 }
        }
        return error
    }

    /// Counts a read that failed.
    func countFailedRead(_ page: UInt64, _ error: Errno) -> Errno {
        if error == .badMessage || error == .ioError {
            shards[homes.home(of: page)].state.withLock { $0.counted.failedReads += 1 }
        }
        return error
    }
}
