internal import Synchronization

/// A directory below `events/` for as long as it has events: the same object from the first to the last of them.
///
/// An ``EventSystem`` is what it holds at one moment. Any thread.
public final class EventDirectory: Sendable {
    /// Its name.
    public let name: String
    /// A number that no other directory has or had.
    public let id: UInt64
    private let dead = Atomic<Bool>(false)
    private static let lastID = Atomic<UInt64>(0)

    init(name: String) {
        self.name = name
        id = Self.lastID.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// Whether its last event was removed.
    public var isDead: Bool { dead.load(ordering: .acquiring) }

    func end() { dead.store(true, ordering: .releasing) }
}
