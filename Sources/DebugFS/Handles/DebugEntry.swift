public import PseudoFS

/// An entry of a ``DebugFS``, of whatever type: its name, its place, its removal.
///
/// A handle is two references. It keeps the file system and the entry in memory, but not in the tree: what was removed
/// stays removed, and can still be asked for its value by who holds it.
public struct DebugEntry: Sendable {
    let debug: DebugFS
    let entry: Entry

    init(_ debug: DebugFS, _ entry: Entry) {
        self.debug = debug
        self.entry = entry
    }

    /// What it is called now; empty for the root.
    public var name: String { debug.name(of: entry) }

    /// Where it stands now, from the root of the file system: `/shop/orders`; nil where it has gone.
    public var path: String? { debug.path(of: entry) }

    /// What it is.
    public var type: DebugType { entry.type }

    /// Its permission bits.
    public var mode: UInt16 { entry.mode }

    /// Whether it has been removed.
    public var isGone: Bool { entry.isDead }

    /// The directory that it is; nil for anything else.
    public var directory: DebugDirectory? { (entry as? Folder).map { DebugDirectory(debug, $0) } }

    /// Gives it another name, another directory, or both; its value and who watches it stay.
    ///
    /// - Parameters:
    ///   - name: the new name; nothing may be called so there.
    ///   - directory: the new directory, of the same file system, or another traps; nil for the one it stands in.
    /// - Throws: EEXIST, EINVAL (a bad name, a directory below itself), ENAMETOOLONG, ENOENT where it or the directory has
    ///   gone, EBUSY for the root.
    public func rename(to name: String, in directory: DebugDirectory? = nil) throws(Failure) {
        if let directory {
            precondition(directory.debug === debug, "another file system's directory")
            return try debug.rename(entry, to: name, in: directory.folder)
        }
        try debug.rename(entry, to: name, in: nil)
    }

    /// Removes it; a directory must be empty.
    ///
    /// - Throws: ENOTEMPTY, ENOENT where it has gone, EBUSY for the root.
    public func remove() throws(Failure) { try debug.remove(entry) }

    /// Removes it with everything below it: `debugfs_remove`.
    ///
    /// - Throws: ENOENT where it has gone, EBUSY for the root.
    public func removeTree() throws(Failure) { try debug.removeTree(entry) }
}
