internal import Locking
internal import PseudoFS

/// What was made with which owner. An owner adopts once, whatever the number of its entries: 8 bytes each. Those that went
/// by themselves count until the list has doubled.
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
            let adoption = owner.adopt(entries: 0) { [weak debug, weak self] in
                self?.lists.withLock { $0[key] = nil }
                let entries = list.release()
                guard let debug else { return }
                for entry in entries.reversed() { debug.removeIfThere(entry) }
            }
            if let adoption { list.tell(adoption) }
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
        var adoption: Adoption?
    }

    private let state = Locked(State())

    /// Has the owner's count follow from now on.
    func tell(_ adoption: Adoption) {
        let count = state.withLock { state in
            state.adoption = adoption
            return state.entries.count
        }
        adoption.add(count)
    }

    func append(_ entry: Entry) -> Bool {
        let (isTaken, change, adoption) = state.withLock { state -> (Bool, Int, Adoption?) in
            if state.isReleased { return (false, 0, nil) }
            let before = state.entries.count
            if before >= state.sweepCount {
                state.entries.removeAll(where: \.isDead)
                state.sweepCount = max(64, state.entries.count * 2)
            }
            state.entries.append(entry)
            return (true, state.entries.count - before, state.adoption)
        }
        adoption?.add(change)
        return isTaken
    }

    func release() -> [Entry] {
        state.withLock { state in
            defer { state.entries = [] }
            state.isReleased = true
            return state.entries
        }
    }
}
