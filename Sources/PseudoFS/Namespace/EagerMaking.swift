internal import Bytes

/// Makes the nodes of a whole tree, for ``EagerNodes``; under no lock, for it asks the model.
///
/// The entries of a table name themselves, and so all nodes of one directory share the bytes of its path. Left out are
/// links, which lead on, what is not entered from above, and what no cache keeps: numbered files, what the host has.
struct EagerMaking: ~Copyable {
    /// A node with the hash of its path, and the place of its directory's among those made; -1 for the first.
    struct Made: Sendable {
        let node: Node
        let hash: UInt64
        let parent: Int32
    }

    private var made: [Made] = []
    private var path = ByteBuffer()
    private let seed: UInt64

    private init(seed: UInt64) { self.seed = seed }

    /// A node and all those below it, each one behind its directory's.
    static func nodes(from top: Node, seed: UInt64) -> [Made] {
        guard isTaken(top.entry), !top.isDead else { return [] }
        var making = EagerMaking(seed: seed)
        let path = top.path
        making.path.append(path.span)
        making.append(top, parent: -1)
        return making.made
    }

    private mutating func append(_ node: Node, parent: Int32) {
        let place = Int32(made.count)
        made.append(Made(node: node, hash: Hash64.of(path.span, seed: seed), parent: parent))
        guard let directory = node.entry.directory else { return }
        let length = path.count
        let shared = node.place.asDirectory ?? NodePath(ofDirectory: [UInt8](copying: path.span))
        for entry in directory.entries where Self.isTaken(entry) {
            guard let bound = entry.resolve(node.bound) else { continue }
            enter(entry.name)
            append(Node(entry, bound, path: shared, fileSystem: node.fileSystem), parent: place)
            path.truncate(to: length)
        }
        Self.forEachChild(of: node) { name, child in
            enter(name)
            let whole = NodePath([UInt8](copying: path.span), length: path.count, nameStart: length + 1)
            append(
                Node(child.entry, SharedBinding(child.binding), path: whole, fileSystem: node.fileSystem),
                parent: place)
            path.truncate(to: length)
        }
    }

    private mutating func enter(_ name: String) {
        path.append(0x2F)
        path.append(name)
    }

    /// The names that the model gives in a directory.
    static func childNames(of directory: Node) -> [String] {
        var names: [String] = []
        forEachChild(of: directory) { name, _ in names.append(name) }
        return names
    }

    /// Calls with each entry that the model gives in a directory, where it gives any that are made here.
    private static func forEachChild(of directory: Node, _ body: (String, Resolution) -> Void) {
        guard let children = directory.entry.directory?.children, !directory.isDead else { return }
        switch children.lookup {
        case .uniform(let entry, _) where !isTaken(entry): return
        case .paths, .branches: return
        default: break
        }
        let cursor = children.cursor(directory.binding, Look())
        while let (name, child) = cursor.next() {
            if isTaken(child.entry), !child.binding.isDead { body(name, child) }
        }
    }

    private static func isTaken(_ entry: EntryDefinition) -> Bool {
        entry.isKept && !entry.leadsOn && entry.isEnteredFromAbove
    }
}
