internal import Locking

/// Who hears of entries that come and go.
final class ChangeListeners: Sendable {
    private let listeners = Locked<[@Sendable (DebugChange) -> Void]>([])

    func add(_ listener: @escaping @Sendable (DebugChange) -> Void) { listeners.withLock { $0.append(listener) } }

    /// Under no lock of debugfs.
    func tell(_ change: DebugChange) { for listener in listeners.withLock({ $0 }) { listener(change) } }
}

/// What became of an entry.
public enum DebugChange: Sendable, Equatable {
    /// One was made.
    case made
    /// One was removed, with everything below it.
    case removed
    /// One is now called otherwise, or stands elsewhere: nothing is to be found at its old path any more, which is given
    /// from the root of the file system: `/shop/orders`.
    case renamed(from: String)
}
