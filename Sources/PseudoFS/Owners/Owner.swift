internal import Locking

/// Who made entries, and takes them along when it goes.
///
/// ```swift
/// let owner = Owner(name: "shop")
/// owner.adopt { engine.removeInstance(instance) }
/// owner.release()        // or the last reference to it goes: the instance is gone
/// ```
///
/// The 2009 debugfs article warned of "no automatic cleanup … stale pointers"; an owner is that cleanup. What it adopted
/// goes in the reverse order of adoption, whoever still has it open: streams end, later calls get ENOENT. Nothing waits.
public final class Owner: Sendable {
    /// Who it is, for people.
    public let name: String
    private let adopted = Locked<[@Sendable () -> Void]?>([])

    /// An owner of nothing yet.
    public init(name: String) { self.name = name }

    deinit { release() }

    /// Ties an entry to this owner.
    ///
    /// - Parameter remove: removes the entry; must bear that it is gone already. Called once, under no lock.
    /// - Returns: whether it was taken; an owner that has been released takes nothing, and `remove` was called at once.
    @discardableResult
    public func adopt(_ remove: @escaping @Sendable () -> Void) -> Bool {
        let taken = adopted.withLock { list in
            list?.append(remove)
            return list != nil
        }
        if !taken { remove() }
        return taken
    }

    /// Removes everything that was adopted, the newest first. Doing it twice does nothing more.
    public func release() {
        let all = adopted.withLock { list in
            defer { list = nil }
            return list ?? []
        }
        for remove in all.reversed() { remove() }
    }

    /// Whether it has been released.
    public var isReleased: Bool { adopted.withLock { $0 == nil } }
}
