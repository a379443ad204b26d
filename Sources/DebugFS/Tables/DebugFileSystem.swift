public import PseudoFS

extension FileSystem {
    /// debugfs, to be mounted at `/debug`.
    ///
    /// ```swift
    /// let debug = DebugFS()
    /// let namespace = Namespace(mounts: [Mount(.debugfs(debug), at: "/debug")])
    /// debug.onChange { [weak namespace] in namespace?.told(of: $0, below: "/debug") }
    /// ```
    ///
    /// - Parameter debug: the entries; a program makes and removes them too.
    /// - Returns: the file system.
    public static func debugfs(_ debug: DebugFS) -> FileSystem {
        let shapes = EntryShapes(of: debug)
        return FileSystem(type: "debugfs", root: shapes.root, context: debug.top)
    }
}

extension Namespace {
    /// Takes note of a change that a program made in process: who watches is called, and a path whose entry was renamed
    /// leads nowhere.
    ///
    /// - Parameters:
    ///   - change: what ``DebugFS/onChange(_:)`` told.
    ///   - mount: where the file system is mounted.
    public func told(of change: DebugChange, below mount: String) {
        if case .renamed(let path) = change { return renamed(from: Array((mount + path).utf8).span) }
        changed(at: mount)
    }
}
