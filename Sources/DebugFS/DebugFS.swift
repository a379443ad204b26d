internal import Bytes
internal import Locking
internal import PseudoFS
internal import Synchronization

/// debugfs: directories and files of whatever a program wants to show, made at run time, without a class for each.
///
/// ```swift
/// let debug = DebugFS()
/// let shop = try debug.root.directory("shop")
/// let orders = try shop.u32("orders")
/// let isOpen = try shop.bool("open", true, mode: 0o444)
/// orders.add(1)                        // and /debug/shop/orders reads 1
/// let namespace = Namespace(mounts: [Mount(.debugfs(debug), at: "/debug")])
/// ```
///
/// The interface of `include/linux/debugfs.h`, as "Debugfs" (LWN, 2009) described it, over the tree and in process. What
/// the article warned of, a module that goes and leaves files that point to nothing, cannot happen: a value lives as long
/// as somebody refers to it, and entries that are made with an `Owner` go when that does.
///
/// **Cost.** A number takes 80 bytes of memory, its name of up to 22 bytes included, and 8 to 16 in its directory. Finding
/// one of a million takes two binary searches, less than 1 us.
///
/// **Threads.** Any thread may do anything. One lock guards names and places, and is a leaf: nothing is called under it. A
/// number is atomic; reading or writing one takes no lock.
public final class DebugFS: Sendable {
    /// How much is taken.
    public let limits: DebugLimits
    /// The top directory's entry.
    let top: Folder
    /// How many entries there are; its lock guards the places of all of them.
    let tree = Locked(TreeCount())
    let held: HeldBytes
    let watches = EntryWatches()
    let listeners = ChangeListeners()
    let owned = OwnedEntries()
    private let lastIdentity = Atomic<UInt64>(1)
    /// Entries that were one too many.
    let refused = Atomic<Int>(0)

    /// What the lock guards beside the entries.
    struct TreeCount {
        var entries = 0
    }

    /// An empty file system.
    public init(limits: DebugLimits = DebugLimits()) {
        self.limits = limits
        held = HeldBytes(most: limits.bytesMax)
        top = Folder(
            name: EntryName([UInt8]().span), type: .directory, mode: DebugType.directory.modeByDefault, identity: 1)
    }

    /// The top directory.
    public var root: DebugDirectory { DebugDirectory(self, top) }

    /// How many entries there are, directories included, the root not.
    public var entryCount: Int { tree.withLock { $0.entries } }

    /// Bytes that strings, blobs and arrays hold together.
    public var heldBytes: Int { held.count }

    /// How often an entry was refused because there were as many as may be.
    public var refusedEntryCount: Int { refused.load(ordering: .relaxed) }

    /// How often a value was refused because all together would have held too many bytes.
    public var refusedByteCount: Int { held.refusedCount }

    /// Bytes of memory that the entries take, reckoned: 80 and a name's place in its directory each, and ``heldBytes``.
    public var memoryBytes: Int { entryCount * 88 + heldBytes }

    /// Has a closure called after entries came, went or were renamed, by whatever way; values tell their own watchers.
    ///
    /// - Parameter listener: called by the thread that made the change, under no lock; it must be short.
    public func onChange(_ listener: @escaping @Sendable (DebugChange) -> Void) { listeners.add(listener) }

    /// A number that no entry has had.
    func nextIdentity() -> UInt64 { lastIdentity.add(1, ordering: .relaxed).newValue }

    /// Traps where the tree contradicts itself. It holds the lock all the while: for tests.
    public func checkInvariants() {
        tree.withLock { count in
            var found = 0
            var folders = [top]
            while let folder = folders.popLast() {
                folder.checkInvariants()
                for chunk in folder.chunks {
                    found += chunk.count
                    for entry in chunk { if let inner = entry as? Folder { folders.append(inner) } }
                }
            }
            precondition(found == count.entries, "\(found) entries are there and \(count.entries) are counted")
        }
    }
}
