internal import Locking
internal import PseudoFS
internal import SystemPackage

extension DebugFS {
    /// Gives an entry another name, another directory, or both. Its identity, its value and who watches it stay.
    ///
    /// - Throws: EEXIST where the name is taken; EINVAL for a bad name, or a directory that would come to stand in itself;
    ///   ENOENT where one of the two has gone; EBUSY for the root; ENAMETOOLONG.
    func rename(_ entry: Entry, to name: String, in directory: Folder?) throws(Failure) {
        try Self.check(name: name)
        let new = EntryName(name.utf8Span.span)
        let old = try tree.withLock { (_) throws(Failure) -> String? in
            if entry === top { throw Failure(.resourceBusy, "the root cannot be renamed") }
            guard !entry.isDead, let parent = entry.parent, let old = Self.path(of: entry, below: top) else {
                throw Self.gone
            }
            let folder = directory ?? parent
            guard !folder.isDead, let depth = Self.depth(of: folder, below: top) else { throw Self.gone }
            if let there = folder.entry(named: name.utf8Span.span) {
                // As in the kernel: what is called so already is left so.
                if there === entry { return nil }
                throw Failure(.fileExists, "there is a \(name) already")
            }
            if let moved = entry as? Folder { try check(moved, comesInto: folder, depth: depth) }
            guard depth < limits.depthMax else {
                throw Failure(.fileNameTooLong, "a path has at most \(limits.depthMax) names")
            }
            parent.remove(entry)
            entry.name = new
            _ = folder.insert(entry)
            return old
        }
        if let old { listeners.tell(.renamed(from: old)) }
    }

    /// Under the lock.
    private func check(_ moved: Folder, comesInto folder: Folder, depth: Int) throws(Failure) {
        var place: Folder? = folder
        while let step = place {
            if step === moved { throw Failure(.invalidArgument, "a directory cannot come to stand in itself") }
            place = step.parent
        }
        // What does not come to stand deeper is not too deep.
        guard let parent = moved.parent, let before = Self.depth(of: parent, below: top), depth > before else { return }
        guard depth + Self.height(of: moved) <= limits.depthMax else {
            throw Failure(.fileNameTooLong, "a path has at most \(limits.depthMax) names")
        }
    }

    /// Levels of a directory, its own included.
    private static func height(of root: Folder) -> Int {
        var height = 1
        var folders = [(root, 1)]
        while let (folder, level) = folders.popLast() {
            if !folder.isEmpty { height = max(height, level + 1) }
            for chunk in folder.chunks {
                for entry in chunk { if let inner = entry as? Folder { folders.append((inner, level + 1)) } }
            }
        }
        return height
    }
}
