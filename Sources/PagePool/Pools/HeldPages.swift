internal import Locking

/// Pages of memory that all shards of a pool hold together, and how many they may: one reservation for all.
///
/// What a shard is about to hold it reserves first, and what became of it it settles afterwards, both under its own lock;
/// so the sum is never more than the limit, and never less than what is held. Its own lock is the innermost of the
/// pool and covers a few additions. Only an operation that changes the number of pages comes here: of puts every third.
///
/// With a backing store there are two marks below the limit: above the high one the pool's thread is woken, and it
/// writes pages out until no more is held than the low one says.
final class HeldPages: Sendable {
    private struct State {
        var held = 0
        /// Of these: what is no shard's.
        var apart = 0
        var limit: Int
        var ever = 0
        var isWatched = false
        var high = Int.max
        var low = Int.max
        /// Pages from which on it is to be looked whether there are as many left: where nobody tells of pressure.
        var lookAt = Int.max
        /// Whether the thread was woken, and has not said since that all is well.
        var isRung = false

        mutating func setMarks() {
            let hasMarks = isWatched && limit < .max
            high = hasMarks ? limit - limit >> 4 : .max
            low = hasMarks ? limit - limit >> 3 : .max
            // Whoever found nothing to do by the old marks looks again.
            isRung = false
        }
    }

    /// Set where more is held than the high mark says.
    let wake = WakeFlag()
    private let state: Locked<State>

    /// Nothing is held.
    ///
    /// - Parameter limit: pages that may be; `Int.max` for as many as it takes.
    init(limit: Int) { state = Locked(State(limit: limit)) }

    /// Pages held, and reserved by operations under way.
    var count: Int { state.withLock { $0.held } }
    /// The same, and how many of them are no shard's: dictionaries, samples of pages, what a restore has so far.
    var counts: (all: Int, apart: Int) { state.withLock { ($0.held, $0.apart) } }
    /// The most there ever were, reservations left out.
    var countEver: Int { state.withLock { $0.ever } }

    /// The most pages that may be held; `Int.max` for no limit.
    var limit: Int { state.withLock { $0.limit } }

    /// Sets another limit.
    ///
    /// - Parameters:
    ///   - limit: the most pages.
    ///   - isForced: whether it holds even where more is held: then nothing can be reserved until that has changed.
    /// - Returns: whether no more than that is held, or it is forced; nothing has changed otherwise.
    func setLimit(_ limit: Int, isForced: Bool = false) -> Bool {
        state.withLock { state in
            if state.held > limit, !isForced { return false }
            state.limit = limit
            state.setMarks()
            ring(&state)
            return true
        }
    }

    /// Takes what is held now for the most there ever was.
    func forgetEver() { state.withLock { $0.ever = $0.held } }

    /// Reserves pages, all or none.
    ///
    /// - Parameters:
    ///   - pages: how many.
    ///   - isApart: whether they are no shard's.
    /// - Returns: whether the limit has room for them.
    func reserve(_ pages: Int, isApart: Bool = false) -> Bool {
        state.withLock { state in
            if pages > state.limit - state.held { return false }
            state.held += pages
            if isApart {
                state.apart += pages
                state.ever = max(state.ever, state.held)
            }
            ring(&state)
            return true
        }
    }

    /// Corrects what was reserved, or held before, to what is held.
    func settle(by pages: Int, isApart: Bool = false) {
        state.withLock { state in
            state.held += pages
            if isApart { state.apart += pages }
            if state.held > state.ever { state.ever = state.held }
            ring(&state)
        }
    }

    /// Takes pages that were a shard's for ones that are none's any more; or, where it is negative, the other way.
    func moveApart(_ pages: Int) { state.withLock { $0.apart += pages } }

    @inline(__always)
    private func ring(_ state: inout State) {
        if state.held > state.high, !state.isRung {
            state.isRung = true
            wake.set()
        }
        if state.held >= state.lookAt {
            state.lookAt = .max
            wake.set()
        }
    }

    /// Makes what is held the limit.
    func setLimitToHeld() {
        state.withLock { state in
            state.limit = state.held
            state.setMarks()
        }
    }

    /// Sets the wake flag once so much is held.
    func setLookAt(_ pages: Int) { state.withLock { $0.lookAt = pages } }

    // MARK: the marks

    /// Has the thread woken above the high mark, or no more.
    func watch(_ isWatched: Bool) {
        state.withLock { state in
            state.isWatched = isWatched
            state.setMarks()
            ring(&state)
        }
    }

    /// Pages held above the low mark, or above where so many more find room, whichever is lower; 0 where
    /// nobody was woken and nobody waits.
    ///
    /// - Parameter wanted: pages that somebody waits for.
    /// - Returns: how many are too many.
    func excess(wanted: Int) -> Int {
        state.withLock { state in
            guard state.isWatched, state.isRung || wanted > 0, state.limit < .max else { return 0 }
            return max(state.held - max(min(state.low, state.limit - wanted), 0), 0)
        }
    }

    /// Has the thread woken the next time that more is held than the high mark says.
    ///
    /// - Returns: whether no more is held than the low mark says; nothing has changed otherwise.
    func calm() -> Bool {
        state.withLock { state in
            if state.held > state.low { return false }
            state.isRung = false
            return true
        }
    }

    /// How many pages more may be held below the low mark; none without marks.
    var roomBelowLow: Int { state.withLock { $0.low == .max ? ($0.limit == .max ? .max : 0) : $0.low - $0.held } }
}
