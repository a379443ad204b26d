internal import Locking
internal import PseudoFS
internal import SystemPackage

extension DebugFS {
    /// Removes an entry; a directory must be empty.
    ///
    /// - Throws: ENOTEMPTY; EBUSY for the root; ENOENT where it has gone.
    func remove(_ entry: Entry) throws(Failure) {
        try tree.withLock { (tree) throws(Failure) in
            let parent = try self.parent(of: entry)
            if let folder = entry as? Folder, !folder.isEmpty {
                throw Failure(.directoryNotEmpty, "it has entries; ?recursive removes them too")
            }
            parent.remove(entry)
            entry.markGone()
            tree.entries -= 1
        }
        watches.changed(entry)
        listeners.tell(.removed)
    }

    /// Removes an entry and everything below it. A million entries are not removed under one lock: they are cut off
    /// first, so that no walk leads there any more, and taken apart piece by piece.
    ///
    /// - Throws: EBUSY for the root; ENOENT where it has gone.
    func removeTree(_ entry: Entry) throws(Failure) {
        guard let folder = entry as? Folder else { return try remove(entry) }
        try tree.withLock { (_) throws(Failure) in try self.parent(of: folder).remove(folder) }
        takeApart(folder)
        listeners.tell(.removed)
    }

    /// Removes an entry with everything below it, or finds that somebody else has.
    func removeIfThere(_ entry: Entry) {
        do throws(Failure) {
            try removeTree(entry)
        } catch {
            // It has gone, which is what was asked for.
        }
    }

    /// Removes everything below a directory and leaves the directory itself.
    func clear(_ folder: Folder) {
        while true {
            let entries = entries(of: folder, after: nil, count: Folder.chunkMax)
            if entries.isEmpty { return }
            for (_, entry) in entries { removeIfThere(entry) }
        }
    }

    /// Where an entry stands, under the lock.
    private func parent(of entry: Entry) throws(Failure) -> Folder {
        if entry === top { throw Failure(.resourceBusy, "the root cannot be removed") }
        guard !entry.isDead, let parent = entry.parent else { throw Self.gone }
        return parent
    }

    private func takeApart(_ root: Folder) {
        var folders = [root]
        while let folder = folders.popLast() {
            var piece: [Entry]
            repeat {
                piece = tree.withLock { tree in
                    if !folder.isDead {
                        // From here on nothing is put into it.
                        folder.markGone()
                        tree.entries -= 1
                    }
                    let piece = folder.removeLastChunk()
                    for entry in piece where !(entry is Folder) {
                        entry.markGone()
                        tree.entries -= 1
                    }
                    return piece
                }
                for entry in piece {
                    if let inner = entry as? Folder { folders.append(inner) } else { watches.changed(entry) }
                }
            } while !piece.isEmpty
            watches.changed(folder)
        }
    }
}
