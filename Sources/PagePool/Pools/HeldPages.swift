internal import Locking

/// Pages of memory that all shards of a pool hold together, and how many they may: one reservation for all.
///
/// What a shard is about to hold it reserves first, and what became of it it settles afterwards, both under its own lock;
/// so the sum is never more than the limit, and never less than what is held. Its own lock is the innermost of the
/// pool and covers a few additions. Only an operation that changes the number of pages comes here: of puts every third.
final class HeldPages: Sendable {
    private struct State {
        var held = 0
        /// Of these: what is no shard's.
        var apart = 0
        var limit: Int
        var ever = 0
    }

    private let state: Locked<State>

    /// Nothing is held.
    ///
    /// - Parameter limit: pages that may be; `Int.max` for as many as it takes.
    init(limit: Int) { state = Locked(State(limit: limit)) }

    /// Pages held, and reserved by operations under way.
    var count: Int { state.withLock { $0.held } }
    /// The same, and how many of them are a restore's, which are no shard's.
    var counts: (all: Int, apart: Int) { state.withLock { ($0.held, $0.apart) } }
    /// The most there ever were, reservations left out.
    var countEver: Int { state.withLock { $0.ever } }

    /// The most pages that may be held; `Int.max` for no limit.
    var limit: Int { state.withLock { $0.limit } }

    /// Sets another limit.
    ///
    /// - Returns: whether no more than that is held; nothing has changed otherwise.
    func setLimit(_ limit: Int) -> Bool {
        state.withLock { state in
            if state.held > limit { return false }
            state.limit = limit
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
    func reserve(_ pages: Int, isApart: Bool) -> Bool {
        state.withLock { state in
            if pages > state.limit - state.held { return false }
            state.held += pages
            if isApart { state.apart += pages }
            return true
        }
    }

    /// Corrects what was reserved, or held before, to what is held.
    func settle(by pages: Int, isApart: Bool) {
        state.withLock { state in
            state.held += pages
            if isApart { state.apart += pages }
            if state.held > state.ever { state.ever = state.held }
        }
    }

    /// Takes pages that were a shard's for ones that are none's any more; or, where it is negative, the other way.
    func moveApart(_ pages: Int) { state.withLock { $0.apart += pages } }
}
