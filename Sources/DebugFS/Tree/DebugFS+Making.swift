internal import Bytes
internal import Locking
internal import PseudoFS
internal import Synchronization
internal import SystemPackage

/// An entry that is not in the tree yet, with everything below it.
struct Seedling {
    let entry: Entry
    /// Entries, itself included.
    var count = 1
    /// Levels, its own included.
    var height = 1
}

extension DebugFS {
    /// Checks a name.
    ///
    /// - Throws: EINVAL, ENAMETOOLONG.
    static func check(name: String) throws(Failure) {
        if name.utf8.count > 255 { throw Failure(.fileNameTooLong, "a name has at most 255 bytes") }
        let isFree = name.utf8.allSatisfy { $0 != 0 && $0 != 0x2F }
        guard isFree, !name.isEmpty, name != ".", name != ".." else {
            throw Failure(
                .invalidArgument, "a name has 1 to 255 bytes without / and NUL, and is not . or ..", subject: .content)
        }
    }

    /// Puts an entry into a directory, with everything that it brings along, or nothing of it.
    ///
    /// - Throws: EEXIST, ENOENT where the directory has gone, ENOSPC, ENAMETOOLONG where it would stand too deep, and
    ///   ENOENT about the content where the owner has been released.
    func plant(_ seedling: Seedling, in folder: Folder, owner: Owner?) throws(Failure) {
        try tree.withLock { (tree) throws(Failure) in
            guard !folder.isDead, let depth = Self.depth(of: folder, below: top) else { throw Self.gone }
            guard depth + seedling.height <= limits.depthMax else {
                throw Failure(.fileNameTooLong, "a path has at most \(limits.depthMax) names")
            }
            guard tree.entries + seedling.count <= limits.entriesMax else {
                // A name that is there already is the nearer reason.
                if seedling.entry.name.with({ folder.entry(named: $0) }) != nil { throw Failure(.fileExists) }
                refused.add(1, ordering: .relaxed)
                throw Failure(.noSpace, "there are at most \(limits.entriesMax) entries in debugfs")
            }
            guard folder.insert(seedling.entry) else { throw Failure(.fileExists) }
            tree.entries += seedling.count
        }
        if let owner, !owned.add(seedling.entry, to: owner, in: self) {
            removeIfThere(seedling.entry)
            throw Failure(.noSuchFileOrDirectory, "there is no owner \(owner.name)", subject: .content)
        }
        listeners.tell(.made)
    }

    static var gone: Failure { Failure(.noSuchFileOrDirectory, "it has been removed") }
}
