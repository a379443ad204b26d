internal import Locking
internal import SystemPackage

/// Which pages are to be written to the backing store now, as zram's `writeback` takes it.
public enum WritebackKind: Sendable, Equatable {
    /// Those that were called idle, and not used since.
    case idle
    /// Those that compression does not make smaller.
    case huge
    /// Those that are both.
    case hugeIdle
    /// Those whose objects have more than half a page.
    case large
    /// Pages by their numbers; what is not stored, or not in memory, is left out.
    case pages([ClosedRange<UInt64>])

    /// Whether an object that can go is to go.
    func takes(_ page: UInt64, _ entry: TableEntry) -> Bool {
        switch self {
        case .idle: entry.age == TableEntry.idleAge
        case .huge: entry.kind == .huge
        case .hugeIdle: entry.kind == .huge && entry.age == TableEntry.idleAge
        case .large: entry.payload > Spiller.largeBytes
        case .pages(let ranges): ranges.contains { $0.contains(page) }
        }
    }
}

/// A wish to have pages written, its way through the shards, and who waits for its end.
final class WritebackRequest: Sendable {
    let kind: WritebackKind
    private let outcome = Locked<Result<Void, Errno>?>(nil)
    private let bell = Bell()

    init(_ kind: WritebackKind) { self.kind = kind }

    /// Says that it is over.
    func end(_ error: Errno?) {
        outcome.withLock { $0 = error.map { .failure($0) } ?? .success(()) }
        bell.ring()
    }

    /// Waits for its end, for so many nanoseconds at most.
    ///
    /// - Throws: what was in the way.
    func wait(nanoseconds: UInt64) throws(Errno) {
        bell.wait(until: Bell.now &+ nanoseconds)
        try outcome.withLock { outcome throws(Errno) in try outcome?.get() }
    }
}
