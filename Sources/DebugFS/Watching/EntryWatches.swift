internal import Locking
internal import PseudoFS
internal import Synchronization

/// Who watches which entry: a table beside the entries, so that one that nobody watches pays a bit for it.
final class EntryWatches: Sendable {
    private let watches = Locked<[UInt64: [EntryWatch]]>([:])

    /// Begins to watch.
    func open(_ entry: Entry) -> EntryWatch {
        let watch = EntryWatch(of: entry, in: self)
        watches.withLock { watches in
            watches[entry.identity, default: []].append(watch)
            entry.isWatched = true
        }
        return watch
    }

    fileprivate func close(_ watch: EntryWatch) {
        watches.withLock { watches in
            let identity = watch.entry.identity
            watches[identity]?.removeAll { $0 === watch }
            if watches[identity]?.isEmpty ?? false {
                watches[identity] = nil
                watch.entry.isWatched = false
            }
        }
    }

    /// To be told after a change of an entry's value, under no lock.
    func changed(_ entry: Entry) {
        guard entry.isWatched else { return }
        for watch in watches.withLock({ $0[entry.identity] ?? [] }) { watch.call() }
    }

    /// How many there are.
    var count: Int { watches.withLock { $0.values.reduce(0) { $0 + $1.count } } }
}

/// One watcher of one entry.
final class EntryWatch: ValueWatch {
    fileprivate let entry: Entry
    private let watches: EntryWatches
    private let waits = Atomic<Bool>(false)
    private let wake = Locked<(@Sendable () -> Void)?>(nil)

    fileprivate init(of entry: Entry, in watches: EntryWatches) {
        self.entry = entry
        self.watches = watches
    }

    func arm() { waits.store(true, ordering: .sequentiallyConsistent) }

    func onChange(_ wake: (@Sendable () -> Void)?) { self.wake.withLock { $0 = wake } }

    fileprivate func call() {
        guard waits.exchange(false, ordering: .sequentiallyConsistent) else { return }
        wake.withLock { $0 }?()
    }

    func close() {
        onChange(nil)
        watches.close(self)
    }
}
