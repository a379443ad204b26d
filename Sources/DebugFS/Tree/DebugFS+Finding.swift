internal import Bytes
internal import Locking
internal import PseudoFS

extension DebugFS {
    /// The entry of a name in a directory.
    func entry(named name: Span<UInt8>, in folder: Folder) -> Entry? {
        tree.withLock { _ in folder.entry(named: name) }
    }

    /// Some entries behind a name, or from the first.
    func entries(of folder: Folder, after name: [UInt8]?, count: Int) -> [(name: String, entry: Entry)] {
        tree.withLock { _ in
            guard let name else { return folder.entries(after: nil, count: count) }
            return folder.entries(after: name.span, count: count)
        }
    }

    /// Whether nothing stands in a directory.
    func isEmpty(_ folder: Folder) -> Bool { tree.withLock { _ in folder.isEmpty } }

    func name(of entry: Entry) -> String { tree.withLock { _ in entry.name.string } }

    /// The path from the root of the file system; nil for what has gone.
    func path(of entry: Entry) -> String? { tree.withLock { _ in Self.path(of: entry, below: top) } }

    /// Under the lock.
    static func path(of entry: Entry, below top: Folder) -> String? {
        if entry === top { return "/" }
        var names: [String] = []
        var place = entry
        while place !== top {
            names.append(place.name.string)
            guard let parent = place.parent else { return nil }
            place = parent
        }
        return "/" + names.reversed().joined(separator: "/")
    }

    /// How many names the path of a directory has, under the lock; nil for what is not below the root any more.
    static func depth(of folder: Folder, below top: Folder) -> Int? {
        var depth = 0
        var place = folder
        while place !== top {
            guard let parent = place.parent else { return nil }
            place = parent
            depth += 1
        }
        return depth
    }
}
