internal import Bytes
internal import Locking
internal import SystemPackage

/// Pages as they are stored, one after the other: for whoever looks at all of them and unpacks them only to see whether
/// they can be.
extension PagePool {
    /// The first stored page from `page` on; nil where there is none. One shard is asked as long as there is one among its
    /// 512 neighbours, all of them otherwise.
    func nextObject(from page: UInt64) -> UInt64? {
        let leafEnd = (page >> 9 + 1) << 9
        let near = shards[homes.home(of: page)].state.withLock { $0.storage.table.next(from: page) }
        if let near, near < leafEnd { return near }
        return leafEnd < PageTable.pagesMax ? nextStored(from: leafEnd) : nil
    }

    /// Copies what is stored of a page as it is, wherever it is, and makes sure that it can be given back.
    ///
    /// - Parameters:
    ///   - page: its number.
    ///   - object: emptied, and the object's own bytes are appended.
    ///   - scratch: emptied, and what the object comes to is appended.
    ///   - workspace: the codec's contexts.
    /// - Returns: how the bytes are to be read, of an empty entry where nothing is stored.
    /// - Throws: EBADMSG where it is damaged, or its entry leads to another page's object, and EIO where the backing store
    ///   cannot be read, both counted as failed reads; ENODEV where the pool was removed; ENOMEM.
    func soundObject(
        of page: UInt64, into object: inout ByteBuffer, _ scratch: inout ByteBuffer, _ workspace: Workspace
    ) throws(Errno) -> PoolShard.Found {
        while true {
            object.removeAll()
            scratch.removeAll()
            let found = try withShard(of: page) { shard throws(Errno) in
                if shard.isClosed { throw .operationNotSupportedByDevice }
                return try shard.find(page, into: &object)
            }
            guard found.entry.isObject, found.entry.kind != .same else { return found }
            do throws(Errno) {
                if found.entry.isOnDisk {
                    // What was read into it before may have been written anew.
                    workspace.blocksOrigin = nil
                    try read(page, found, workspace, into: &object)
                }
                try unpack(found, object.span, workspace, into: &scratch)
                return found
            } catch {
                // Its place may have been written anew meanwhile.
                if found.entry.isOnDisk, error != .noMemory, isElsewhere(page, found) { continue }
                throw countFailedRead(page, error)
            }
        }
    }

    /// Whether a page is no more where it was found in the backing store.
    private func isElsewhere(_ page: UInt64, _ found: PoolShard.Found) -> Bool {
        shards[homes.home(of: page)].state.withLock { !$0.isClosed && !$0.isStill(page, found, Span()) }
    }
}
