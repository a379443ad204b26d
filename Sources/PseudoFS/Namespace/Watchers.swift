internal import Locking
internal import Synchronization

/// Who wants to hear of changes: `?watch`.
///
/// A watcher is called after every change that was made through the tree, whatever it changed, and looks for itself
/// whether its file shows something else: one write may change many files (a trigger, a removal). So a write costs one
/// relaxed load while nobody watches, and one call for each watcher that waits otherwise; one that has been called is
/// not called again until it waits anew. Any thread; the lock is a leaf and held for no call.
public final class Watchers: Sendable {
    /// One watcher.
    public final class Watcher: Sendable {
        private let waits = Atomic<Bool>(false)
        private let action: @Sendable () -> Void

        fileprivate init(_ action: @escaping @Sendable () -> Void) { self.action = action }

        /// Waits for the next change. What changed before the call is not told: look once more after it.
        public func wait() { waits.store(true, ordering: .sequentiallyConsistent) }

        fileprivate func call() {
            if waits.exchange(false, ordering: .acquiringAndReleasing) { action() }
        }
    }

    private let count = Atomic<Int>(0)
    private let list = Locked<[Watcher]>([])

    /// Nobody.
    init() {}

    /// Adds a watcher, which does not wait yet.
    ///
    /// - Parameter action: what to call; under no lock, by the thread that made the change, and so it must be short.
    /// - Returns: the watcher, to be given to ``remove(_:)``.
    public func add(_ action: @escaping @Sendable () -> Void) -> Watcher {
        let watcher = Watcher(action)
        list.withLock { $0.append(watcher) }
        count.add(1, ordering: .sequentiallyConsistent)
        return watcher
    }

    /// Takes a watcher out.
    public func remove(_ watcher: Watcher) {
        let isFound = list.withLock { list in
            guard let index = list.firstIndex(where: { $0 === watcher }) else { return false }
            list.swapAt(index, list.count - 1)
            list.removeLast()
            return true
        }
        if isFound { count.subtract(1, ordering: .relaxed) }
    }

    /// Calls all that wait, because something was changed, or may have been.
    public func changed() {
        guard count.load(ordering: .sequentiallyConsistent) > 0 else { return }
        for watcher in list.withLock({ $0 }) { watcher.call() }
    }
}
