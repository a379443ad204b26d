internal import Bytes

/// The directories above the mounts, as tables: `/sys/fs` where something is mounted at `/sys/fs/jitfs`.
struct MountTree {
    private var children: [String: MountTree] = [:]
    private var mounted: (fileSystem: FileSystem, number: Int)?

    /// The tree of some mounts.
    ///
    /// - Parameters:
    ///   - mounts: what is mounted where.
    ///   - types: all types of file systems among them; a node has the number of its.
    init(_ mounts: [Mount], types: [String]) {
        for mount in mounts {
            let names = mount.path.split(separator: "/").map(String.init)
            precondition(!names.isEmpty, "nothing is mounted over the root")
            let number = types.firstIndex(of: mount.fileSystem.type) ?? 0
            insert((mount.fileSystem, number), at: names[...])
        }
    }

    private init() {}

    private mutating func insert(_ fileSystem: (FileSystem, Int), at names: ArraySlice<String>) {
        precondition(mounted == nil, "a mount below a mount is not seen")
        guard let name = names.first else {
            precondition(children.isEmpty, "two mounts at one place")
            mounted = fileSystem
            return
        }
        children[name, default: MountTree()].insert(fileSystem, at: names.dropFirst())
    }

    /// The table of the root.
    ///
    /// - Parameter files: what stands in the root beside the mounts.
    /// - Returns: the table: a directory for each first name of a mount, and the files.
    func rootTable(files: [DirectoryTableEntry<Always>]) -> DirectoryTable<Always> {
        DirectoryTable(summary: "The root of all mounted file systems.", entries: files + entries(below: ""))
    }

    private func entries(below path: String) -> [DirectoryTableEntry<Always>] {
        children.map { name, tree in
            let path = path + "/" + name
            if let mounted = tree.mounted {
                return DirectoryTableEntry(
                    EntryDefinition(
                        name: name, directory: mounted.fileSystem.root, constant: mounted.fileSystem.binding,
                        fileSystem: mounted.number))
            }
            let table = DirectoryTable<Always>(summary: "Mounts below \(path).", entries: tree.entries(below: path))
            let always = Always(identity: Hash64.of(path.utf8Span.span, seed: 1))
            return .directory(name, table) { _ in always }
        }
    }
}
