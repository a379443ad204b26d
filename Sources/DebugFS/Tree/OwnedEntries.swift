internal import Locking
internal import PseudoFS

/// What was made with which owner. An owner adopts once, whatever the number of its entries: 8 bytes each.
final class OwnedEntries: Sendable {
    private let lists = Locked<[ObjectIdentifier: OwnedList]>([:])

    /// Ties an entry to an owner.
    ///
    /// - Returns: false where the owner has been released: the entry is to be removed again.
    func add(_ entry: Entry, to owner: Owner, in debug: DebugFS) -> Bool {
        let key = ObjectIdentifier(owner)
        let (list, isNew) = lists.withLock { lists in
            if let list = lists[key] { return (list, false) }
            let list = OwnedList()
            lists[key] = list
            return (list, true)
        }
        if isNew {
            owner.adopt { [weak debug, weak self] in
                self?.lists.withLock { $0[key] = nil }
                let entries = list.release()
                guard let debug else { return }
                for entry in entries.reversed() { debug.removeIfThere(entry) }
            }
        }
        return list.append(entry)
    }
}

/// The entries of one owner.
private final class OwnedList: Sendable {
    private struct State {
        var entries: [Entry] = []
        /// At so many entries those that have gone by themselves are dropped.
        var sweepCount = 64
        var isReleased = false
    }

    private let state = Locked(State())

    func append(_ entry: Entry) -> Bool {
        state.withLock { state in
            if state.isReleased { return false }
            if state.entries.count >= state.sweepCount {
                state.entries.removeAll(where: \.isDead)
                state.sweepCount = max(64, state.entries.count * 2)
            }
            state.entries.append(entry)
            return true
        }
    }

    func release() -> [Entry] {
        state.withLock { state in
            defer { state.entries = [] }
            state.isReleased = true
            return state.entries
        }
    }
}
