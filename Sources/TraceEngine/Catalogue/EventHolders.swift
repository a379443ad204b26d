internal import Locking
public import Synchronization

/// In how many instances each event is enabled, by its id: one dense array for the whole catalogue.
///
/// Dense, because enabling all of 2,323 events touches every count: as members of as many objects they cost 24 ns
/// each, mostly for memory that was not at hand, here 2. The count of a removed event is negative until its id is used
/// again. Changes take one lock, a leaf of the order; what asks whether an event is wanted takes none.
///
/// Whoever changes a count calls ``tell()`` once it holds no lock: an ``EventWatch`` waits for that.
@safe final class EventHolders: @unchecked Sendable {
    // Sendable: the counts are atomics, at an address that does not change while this object lives.

    static let idEnd = 65_536

    private let counts: UnsafeMutablePointer<Atomic<Int32>>
    private let held = Atomic<Int>(0)
    /// Protects what is written into `counts`, so that a load and a store do; and says whether somebody wants to know
    /// of the next change.
    private let turn = Locked(false)
    /// How many events are about to go: looked at before their set is, which is empty nearly always.
    private let closingCount = Atomic<Int>(0)
    /// The events that are held no more than they are. A leaf, taken inside `turn`.
    private let closing = Locked<Set<UInt16>>([])
    /// Whether somebody is to be told.
    private let hasNews = Atomic<Bool>(false)
    /// Who watches. A leaf; they are told after it.
    private let watches = Locked<[ObjectIdentifier: EventWatch]>([:])

    init() {
        unsafe counts = UnsafeMutablePointer<Atomic<Int32>>.allocate(capacity: Self.idEnd)
        for id in 0..<Self.idEnd { unsafe (counts + id).initialize(to: Atomic(0)) }
    }

    deinit {
        unsafe counts.deinitialize(count: Self.idEnd)
        unsafe counts.deallocate()
    }

    /// The count of one event, to be looked at for as long as this object lives.
    func count(of id: UInt16) -> HolderCount { unsafe HolderCount(counts + Int(id)) }

    /// How many events are enabled or held in some instance.
    var heldCount: Int { held.load(ordering: .relaxed) }

    /// Gives an id to an event.
    func begin(_ id: UInt16) {
        turn.withLock { isWatched in
            unsafe counts[Int(id)].store(0, ordering: .relaxed)
            note(&isWatched)
        }
    }

    /// Takes an id from an event.
    ///
    /// - Returns: whether it could be: not while the event is held.
    func end(_ id: UInt16) -> Bool {
        turn.withLock { isWatched in
            guard unsafe counts[Int(id)].load(ordering: .relaxed) == 0 else { return false }
            unsafe counts[Int(id)].store(-1, ordering: .relaxed)
            open(id)
            note(&isWatched)
            return true
        }
    }

    /// Lets nobody hold an event any more, as if it had been removed; who holds it goes on, until each has let go.
    func close(_ id: UInt16) {
        turn.withLock { _ in
            if closing.withLock({ $0.insert(id).inserted }) { closingCount.add(1, ordering: .relaxed) }
        }
    }

    /// Takes a ``close(_:)`` back.
    func reopen(_ id: UInt16) { turn.withLock { _ in open(id) } }

    private func open(_ id: UInt16) {
        guard closingCount.load(ordering: .relaxed) > 0, closing.withLock({ $0.remove(id) != nil }) else { return }
        closingCount.subtract(1, ordering: .relaxed)
    }

    /// Holds one event.
    ///
    /// - Returns: false where it was removed.
    func hold(_ id: UInt16) -> Bool {
        turn.withLock { isWatched in
            note(&isWatched)
            return add(id)
        }
    }

    /// Lets go of one event.
    func release(_ id: UInt16) {
        turn.withLock { isWatched in
            note(&isWatched)
            subtract(id)
        }
    }

    /// Holds the events of a set that a mask does not have yet, and puts them into it.
    ///
    /// - Returns: how many; those that were removed are passed over.
    func hold(_ set: EventIDSet, into mask: EventMask) -> Int {
        turn.withLock { isWatched in
            note(&isWatched)
            var held = 0
            for (index, word) in set.words.enumerated() {
                let place = set.firstWord + index
                var missing = word & ~mask.word(place)
                var taken: UInt64 = 0
                while missing != 0 {
                    let bit = missing & (~missing &+ 1)
                    if add(UInt16(truncatingIfNeeded: place * 64 + missing.trailingZeroBitCount)) { taken |= bit }
                    missing ^= bit
                }
                mask.formUnion(taken, at: place)
                held += taken.nonzeroBitCount
            }
            return held
        }
    }

    /// Lets go of the events of a set that a mask has, and takes them out of it.
    ///
    /// - Returns: how many.
    func release(_ set: EventIDSet, from mask: EventMask) -> Int {
        turn.withLock { isWatched in
            note(&isWatched)
            var released = 0
            for (index, word) in set.words.enumerated() {
                released += release(word & mask.word(set.firstWord + index), at: set.firstWord + index, from: mask)
            }
            return released
        }
    }

    /// Lets go of all events that a mask has, and empties it.
    func releaseAll(of mask: EventMask) {
        turn.withLock { isWatched in
            note(&isWatched)
            for place in 0..<(mask.capacity / 64) { _ = release(mask.word(place), at: place, from: mask) }
        }
    }

    private func release(_ word: UInt64, at place: Int, from mask: EventMask) -> Int {
        var present = word
        while present != 0 {
            subtract(UInt16(truncatingIfNeeded: place * 64 + present.trailingZeroBitCount))
            present &= present &- 1
        }
        mask.subtract(word, at: place)
        return word.nonzeroBitCount
    }

    // MARK: telling

    /// Notes, under the lock, that whoever waits for a change is to be told.
    private func note(_ isWatched: inout Bool) {
        guard isWatched else { return }
        isWatched = false
        hasNews.store(true, ordering: .relaxed)
    }

    /// Tells those who watch, where there is something to be told. Under no lock; otherwise one relaxed load.
    @inline(__always)
    func tell() { if hasNews.load(ordering: .relaxed) { tellNow() } }

    @inline(never)
    private func tellNow() {
        guard hasNews.exchange(false, ordering: .acquiringAndReleasing) else { return }
        for watch in watches.withLock({ Array($0.values) }) { watch.signal.fire() }
    }

    /// Tells that there is something new which is no count.
    func tellAll() {
        hasNews.store(true, ordering: .relaxed)
        tellNow()
    }

    /// Has a watch told from now on.
    func add(_ watch: EventWatch) { watches.withLock { $0[ObjectIdentifier(watch)] = watch } }

    /// Tells a watch nothing more.
    func remove(_ watch: EventWatch) { _ = watches.withLock { $0.removeValue(forKey: ObjectIdentifier(watch)) } }

    /// Has the next change told.
    func awaitChange() { turn.withLock { $0 = true } }

    // MARK: counting

    /// Counts one holder more; false where the event was removed. Under the lock.
    private func add(_ id: UInt16) -> Bool {
        let count = unsafe counts[Int(id)].load(ordering: .relaxed)
        if count < 0 { return false }
        if closingCount.load(ordering: .relaxed) > 0, closing.withLock({ $0.contains(id) }) { return false }
        if count == 0 { held.store(heldCount + 1, ordering: .relaxed) }
        unsafe counts[Int(id)].store(count + 1, ordering: .relaxed)
        return true
    }

    /// Counts one holder less. Under the lock.
    private func subtract(_ id: UInt16) {
        let count = unsafe counts[Int(id)].load(ordering: .relaxed)
        assert(count > 0, "released more often than held")
        if count == 1 { held.store(heldCount - 1, ordering: .relaxed) }
        unsafe counts[Int(id)].store(count - 1, ordering: .relaxed)
    }
}

/// Where the count of one event stands.
@safe @usableFromInline
struct HolderCount: @unchecked Sendable {
    // Sendable: it points at an atomic, which the event's reference to EventHolders keeps.
    @usableFromInline let pointer: UnsafeMutablePointer<Atomic<Int32>>

    init(_ pointer: UnsafeMutablePointer<Atomic<Int32>>) { unsafe self.pointer = unsafe pointer }

    /// One relaxed load.
    @inlinable @inline(__always)
    var value: Int32 { unsafe pointer.pointee.load(ordering: .relaxed) }
}
