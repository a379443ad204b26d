internal import Bytes
internal import PseudoFS
internal import Synchronization
internal import SystemPackage

/// What stands in a directory: a name, permission bits, and, in a subclass, what it shows.
///
/// An object of 72 bytes where it is a number, 80 of `malloc`'s; that is why there is neither a `String` in it nor a
/// table of closures nor a lock. What all entries of a type and a mode have in common is in ``EntryShapes``.
class Entry: Subject, NodeContext, @unchecked Sendable {
    // Sendable: `name` and `parent` are read and written under the tree's lock, the rest is constant or atomic.

    /// Guarded by the tree's lock.
    final var name: EntryName
    /// Where it stands; nil for the root, for what is not in the tree yet, and for what has gone. Guarded by the tree's lock.
    final unowned var parent: Folder?
    final let identity: UInt64
    final let type: DebugType
    final let mode: UInt16
    private final let gone = Atomic<Bool>(false)
    private final let watched = Atomic<Bool>(false)

    init(name: EntryName, type: DebugType, mode: UInt16, identity: UInt64) {
        self.name = name
        self.type = type
        self.mode = mode
        self.identity = identity
    }

    /// Whether it has been removed.
    final var isDead: Bool { gone.load(ordering: .acquiring) }

    /// Under the tree's lock.
    final func markGone() { gone.store(true, ordering: .releasing) }

    /// Whether somebody wants to hear of its changes. What was stored before is seen by whoever sets it afterwards.
    final var isWatched: Bool {
        get { watched.load(ordering: .sequentiallyConsistent) }
        set { watched.store(newValue, ordering: .sequentiallyConsistent) }
    }

    // MARK: what the subclasses are

    /// The typed value.
    func value() throws(Failure) -> Value { throw Failure(.notSupported) }

    /// Appends the kernel's text.
    func appendText(to out: inout ByteBuffer) throws(Failure) { out.append(text: try value()) }

    /// Takes a write, which the mode allows.
    func write(_ bytes: Span<UInt8>) throws(Failure) { throw Failure(.notSupported, "it is read-only") }
}
