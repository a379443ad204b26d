internal import Bytes
internal import Locking

/// The nodes of mounts that are eager: all of them, made with what they stand for, gone with it and never reclaimed.
///
/// It is there to be compared with: this is what pseudo-filesystems did before nodes were made just in time. Answers
/// are the same either way, because nodes hold no state; a walk that finds nothing here makes its nodes as usual. What
/// comes and goes is told by ``Namespace/added(_:in:)``, ``Namespace/removed(_:)`` and ``Namespace/refresh()``.
///
/// One table under one lock for all threads, which is not held while the model is asked for anything but whether
/// something has gone.
final class EagerNodes: Sendable {
    private let table: Locked<EagerTable>
    private let root: Node
    private let seed: UInt64
    private let mounts: [[UInt8]]

    /// Makes all nodes of some mounts.
    ///
    /// - Parameters:
    ///   - mounts: their paths.
    ///   - root: the root of the tree.
    ///   - seed: what paths are hashed with.
    ///   - fileSystems: how many types of file systems there are.
    init(mounts: [String], below root: Node, seed: UInt64, fileSystems: Int) {
        table = Locked(EagerTable(seed: seed, fileSystems: fileSystems))
        self.root = root
        self.seed = seed
        self.mounts = mounts.map { Array($0.utf8) }
        for path in self.mounts { add(path.span) }
    }

    /// The node of a path, for a walk; nil where there is none, or what it stood for has gone.
    func use(_ path: Span<UInt8>, hash: UInt64) -> Node? {
        guard let node = table.withLock({ $0.use(path, hash: hash) }) else { return nil }
        if !node.isDead { return node }
        table.withLock { $0.removeDead(at: path) }
        return nil
    }

    /// Makes the nodes of an entry that has come, and of all below it; nothing where its directory is not eager.
    ///
    /// - Parameter path: of the entry.
    func add(_ path: Span<UInt8>) {
        let isMount = mounts.contains { $0.span.equals(path) }
        // What is removed or renamed while nodes are made may be among them, and nobody will tell of it again.
        for _ in 0..<3 {
            let before: UInt64? = table.withLock { table in
                table.removeDead(at: path)
                let isWanted = table.node(at: path) == nil && (isMount || table.node(at: path.directory) != nil)
                return isWanted ? table.removals : nil
            }
            guard let before, let node = find(path) else { return }
            let made = EagerMaking.nodes(from: node, seed: seed)
            guard !made.isEmpty else { return }
            let isDone = table.withLock { table in
                guard table.removals == before else { return false }
                table.insert(made, isMount: isMount)
                table.removeDead(at: path)
                return true
            }
            if isDone { return }
        }
    }

    /// Forgets an entry and all below it.
    func remove(_ path: Span<UInt8>) { table.withLock { $0.remove(at: path) } }

    /// Looks at everything anew: what has gone is forgotten, what has come is made.
    func refresh() {
        table.withLock { $0.removeAllDead() }
        for path in mounts { add(path.span) }
        for directory in table.withLock({ $0.openDirectories() }) {
            let path = directory.path
            for name in EagerMaking.childNames(of: directory) {
                let child = path.joined(with: name)
                add(child.span)
            }
        }
    }

    /// The node of a path, made for this, from the root down.
    private func find(_ path: Span<UInt8>) -> Node? {
        let text = [UInt8](copying: path)
        var node = root
        var start = 1
        while start <= path.count {
            let end = path.firstIndex(of: 0x2F, from: start) ?? path.count
            let found = try? node.table?.entry(named: path.extracting(start..<end), below: node.bound)
            guard let (entry, bound) = found, !entry.leadsOn else { return nil }
            node = Node(
                entry, bound, path: NodePath(text, length: end, nameStart: start), fileSystem: node.fileSystem)
            start = end + 1
        }
        return node
    }

    /// What these nodes count for.
    func add(to statistics: inout NodeStatistics) {
        let (counts, hits) = table.withLock { ($0.counts(), $0.hits) }
        for number in counts.indices { statistics.parts[number].nodes += counts[number] }
        statistics.hits += hits
    }

    /// Traps where the table contradicts itself; does nothing in a release build.
    func checkInvariants() { table.withLock { $0.checkInvariants() } }
}

extension Span<UInt8> {
    /// The path of the directory that a path stands in; empty for what stands in the root.
    fileprivate var directory: Span<UInt8> {
        @_lifetime(copy self)
        get {
            var length = Swift.max(count - 1, 0)
            while length > 0, self[length] != 0x2F { length -= 1 }
            return extracting(0..<length)
        }
    }
}
