internal import Bytes

/// Makes the nodes of a whole tree, for ``EagerNodes``; under no lock, for it asks the model.
///
/// The entries of a table name themselves, and so all nodes of one directory share the bytes of its path. Left out is
/// what no cache keeps: numbered files, of which there may be any number.
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
        guard top.isKept, !top.isDead else { return [] }
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
        for entry in directory.entries {
            guard let bound = entry.resolve(node.bound) else { continue }
            enter(entry.name)
            append(Node(entry, bound, path: shared, fileSystem: node.fileSystem), parent: place)
            path.truncate(to: length)
        }
        guard let children = directory.children, children.entry.isKept else { return }
        let cursor = children.cursor(node.binding)
        while let (name, binding) = cursor.next() {
            if binding.isDead { continue }
            enter(name)
            let whole = NodePath([UInt8](copying: path.span), length: path.count, nameStart: length + 1)
            append(
                Node(children.entry, SharedBinding(binding), path: whole, fileSystem: node.fileSystem), parent: place)
            path.truncate(to: length)
        }
    }

    private mutating func enter(_ name: String) {
        path.append(0x2F)
        path.append(name)
    }

    /// The names that the model gives in a directory.
    static func childNames(of directory: Node) -> [String] {
        guard let children = directory.entry.directory?.children, children.entry.isKept, !directory.isDead else {
            return []
        }
        let cursor = children.cursor(directory.binding)
        var names: [String] = []
        while let (name, _) = cursor.next() { names.append(name) }
        return names
    }
}
