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

    /// Copies what is stored of a page as it is, wherever it is; nothing is counted but damage.
    ///
    /// - Parameters:
    ///   - page: its number.
    ///   - object: the object's own bytes are appended.
    /// - Returns: how they are to be read, of an empty entry where nothing is stored.
    /// - Throws: EBADMSG where the entry leads to another page's object; ENODEV where the pool was removed.
    func object(of page: UInt64, into object: inout ByteBuffer) throws(Errno) -> PoolShard.Found {
        try withShard(of: page) { shard throws(Errno) in
            if shard.isClosed { throw .operationNotSupportedByDevice }
            return try shard.find(page, into: &object)
        }
    }

    /// Copies what is stored of a page, and makes sure that it can be given back.
    ///
    /// - Parameters:
    ///   - page: its number.
    ///   - object: emptied, and the object's own bytes are appended.
    ///   - scratch: emptied, and what the object comes to is appended.
    ///   - workspace: the codec's contexts.
    /// - Returns: as ``object(of:into:)``.
    /// - Throws: EBADMSG where it is damaged, which is counted as a failed read; ENODEV; ENOMEM.
    func soundObject(
        of page: UInt64, into object: inout ByteBuffer, _ scratch: inout ByteBuffer, _ workspace: Workspace
    ) throws(Errno) -> PoolShard.Found {
        object.removeAll()
        scratch.removeAll()
        let found = try self.object(of: page, into: &object)
        guard found.entry.isObject, found.entry.kind != .same else { return found }
        do throws(Errno) {
            try unpack(found, object.span, workspace, into: &scratch)
        } catch {
            if error == .badMessage { countDamaged(page) }
            throw error
        }
        return found
    }

    /// Counts a page that was found damaged.
    func countDamaged(_ page: UInt64) {
        shards[homes.home(of: page)].state.withLock { $0.counted.failedReads += 1 }
    }
}
