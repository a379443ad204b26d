internal import Synchronization

/// Several directories seen as one: the union directories of 4.4BSD and Plan 9, unified at the top level only.
///
/// Their names are merged, and the first branch that has a name wins. What is found below is the branch's own: it has the
/// branch's path, so that the caller's authority is looked up there. Changes go to the first branch; there is no copy-up,
/// and so a name that only a lower branch has cannot be changed (EROFS).
@usableFromInline
final class UnionDirectory: Subject, NodeContext {
    let name: String
    /// The real paths of the directories, the first one the topmost.
    let branches: [String]
    @usableFromInline let identity: UInt64
    private let removed = Atomic<Bool>(false)

    init(name: String, branches: [String], identity: UInt64) {
        self.name = name
        self.branches = branches
        self.identity = identity
    }

    @usableFromInline var isDead: Bool { removed.load(ordering: .acquiring) }

    func remove() { removed.store(true, ordering: .releasing) }
}
