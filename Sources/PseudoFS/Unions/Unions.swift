internal import Bytes
internal import Locking
internal import SystemPackage

/// The union directories that stand in the root.
///
/// ```sh
/// curl -X POST http://127.0.0.1:8470/ -d '{"type":"union","name":"all","branches":["/debug/a","/host/etc"]}'
/// ```
///
/// Any thread. The lock is a leaf.
final class Unions: Sendable {
    /// What a creation in the root takes beside the name.
    static let members = ["type", "branches"]
    /// How many directories one union has at most.
    private static let branchCountMax = 16

    private let countMax: Int
    private let namespace = Locked<WeakNamespace>(WeakNamespace())
    private let state = Locked(State())

    private struct WeakNamespace {
        weak var namespace: Namespace?
    }

    private struct State {
        var unions: [UnionDirectory] = []  // sorted by name
        var made: UInt64 = 0
        var refused: UInt64 = 0
    }

    /// None yet; at most so many.
    init(countMax: Int) { self.countMax = countMax }

    /// Names the tree in which the branches are: it is made after this.
    func attach(to tree: Namespace) { namespace.withLock { $0.namespace = tree } }

    /// How many were refused because there were too many.
    var refusedCount: UInt64 { state.withLock { $0.refused } }

    private var tree: Namespace? { namespace.withLock { $0.namespace } }

    /// The unions as entries of the root.
    var children: ChildSource<Always> {
        let shape = EntryShape.directory(table, isEnteredFromAbove: false)
        return .resolved(
            find: { _, name in self.union(named: name).map { Resolution(shape, $0) } },
            entries: { _ in
                let unions = self.state.withLock { $0.unions }
                return SnapshotCursor(
                    shape.definition, count: unions.count, name: { unions[$0].name },
                    binding: { unions[$0].isDead ? nil : unions[$0].binding })
            })
    }

    private func union(named name: Span<UInt8>) -> UnionDirectory? {
        state.withLock { state in
            state.unions.first { $0.name.utf8Span.span.equals(name) }
        }
    }

    /// The shape of every union.
    private var table: DirectoryTable<UnionDirectory> {
        let children = ChildSource<UnionDirectory>(
            ChildDefinition(
                .branches { UnionDirectory.of($0) },
                cursor: { binding, look in
                    UnionCursor(self.tree?.readers(of: UnionDirectory.of(binding), look) ?? [])
                }))
        return DirectoryTable(
            summary: "Several directories seen as one; the first that has a name wins.", children: children,
            // The walk of a creation goes on to the first branch: this is never called.
            make: { _, _, _ throws(Failure) in throw Failure(.notSupported) },
            remove: { union, _ throws(Failure) in self.remove(union) })
    }

    /// Makes a union.
    ///
    /// - Throws: EINVAL for members that do not describe one, or a branch that is a union; ENOENT, ENOTDIR for a branch
    ///   that is no directory; EEXIST; ENOSPC where there are too many.
    func make(_ name: String, _ request: CreateRequest) throws(Failure) {
        func refused(_ reason: String) -> Failure { Failure(.invalidArgument, reason, subject: .content) }
        guard request.members.first(where: { $0.name == "type" })?.value.stringValue == "union" else {
            throw refused("what can be made here has the \"type\" \"union\"")
        }
        guard let list = request.members.first(where: { $0.name == "branches" })?.value.arrayValue,
            (1...Self.branchCountMax).contains(list.count)
        else { throw refused("\"branches\" is a list of 1 to \(Self.branchCountMax) paths") }
        var branches: [String] = []
        for element in list {
            guard let path = element.stringValue else { throw refused("a branch is a path") }
            branches.append(try branch(path, request.caller))
        }
        try state.withLock { state throws(Failure) in
            if state.unions.contains(where: { $0.name == name }) { throw Failure(.fileExists, "there is a /\(name)") }
            if state.unions.count >= countMax {
                state.refused += 1
                throw Failure(.noSpace, "there are \(countMax) unions")
            }
            state.made += 1
            let union = UnionDirectory(
                name: name, branches: branches,
                identity: Hash64.of(name.utf8Span.span, seed: 3) &+ state.made &* 0x9E37_79B9_7F4A_7C15)
            let place = state.unions.firstIndex { name.utf8Span.span.precedes($0.name.utf8Span.span) }
            state.unions.insert(union, at: place ?? state.unions.count)
        }
    }

    /// The real path of a branch.
    private func branch(_ path: String, _ caller: Caller) throws(Failure) -> String {
        var text = path
        if text.utf8.count > 1, text.utf8.last == 0x2F { text.removeLast() }
        guard let tree else { throw Failure(.operationNotSupportedByDevice) }
        let node: Node
        do throws(Failure) {
            node = try tree.walk(text.utf8Span.span, caller: caller).node
        } catch {
            throw Failure(error.errno, "the branch \(path): \(error.reason)", subject: .content)
        }
        guard let table = node.table else {
            throw Failure(.notDirectory, "the branch \(path) is no directory", subject: .content)
        }
        let real = node.path
        if case .branches = table.children?.lookup {
            throw Failure(.invalidArgument, "the branch \(path) is a union itself", subject: .content)
        }
        if real.span.count == 1 {
            throw Failure(.invalidArgument, "the root holds the union itself", subject: .content)
        }
        return String(repairing: real.span)
    }

    private func remove(_ union: UnionDirectory) {
        state.withLock { state in state.unions.removeAll { $0 === union } }
        union.remove()
    }
}
