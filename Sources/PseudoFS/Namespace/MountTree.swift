internal import Bytes
internal import SystemPackage

/// The directories above the mounts, as tables: `/sys/fs` where something is mounted at `/sys/fs/jitfs`.
struct MountTree {
    private var children: [String: MountTree] = [:]
    private var mounted: (mount: Mount, number: Int)?

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
            insert((mount, number), at: names[...])
        }
    }

    private init() {}

    private mutating func insert(_ mount: (Mount, Int), at names: ArraySlice<String>) {
        precondition(mounted == nil, "a mount below a mount is not seen")
        guard let name = names.first else {
            precondition(children.isEmpty, "two mounts at one place")
            mounted = mount
            return
        }
        children[name, default: MountTree()].insert(mount, at: names.dropFirst())
    }

    /// The table of the root.
    ///
    /// - Parameters:
    ///   - files: what stands in the root beside the mounts.
    ///   - unions: what was made there later.
    /// - Returns: the table: a directory for each first name of a mount, the files, and the unions.
    func rootTable(files: [DirectoryTableEntry<Always>], unions: Unions) -> DirectoryTable<Always> {
        let entries = files + entries(below: "")
        let names = Set(entries.map(\.definition.name))
        return DirectoryTable(
            summary: "The root of all mounted file systems.", entries: entries, children: unions.children,
            members: Unions.members,
            make: { _, name, request throws(Failure) in
                if names.contains(name) { throw Failure(.fileExists, "there is a /\(name)") }
                try unions.make(name, request)
            })
    }

    private func entries(below path: String) -> [DirectoryTableEntry<Always>] {
        children.map { name, tree in
            let path = path + "/" + name
            if let mounted = tree.mounted {
                let fileSystem = mounted.mount.fileSystem
                return DirectoryTableEntry(
                    EntryDefinition(
                        name: name, directory: fileSystem.root, constant: fileSystem.binding,
                        fileSystem: mounted.number, isEnteredFromAbove: mounted.mount.isEnteredFromAbove))
            }
            let table = DirectoryTable<Always>(summary: "Mounts below \(path).", entries: tree.entries(below: path))
            let always = Always(identity: Hash64.of(path.utf8Span.span, seed: 1))
            return .directory(name, table) { _ in always }
        }
    }
}
