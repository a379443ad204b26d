/// Work that a pool does behind its clients' backs, in steps, on the thread of its ``PoolWorker``.
///
/// A chore does not own the pool: what it finds gone, it is done with.
protocol PoolChore: AnyObject, Sendable {
    /// Does a piece of what there is to do, some milliseconds at most, so that other chores are not kept waiting.
    ///
    /// Called by one thread at a time, under no lock.
    func step() -> ChoreStep
}

/// What comes after a step.
enum ChoreStep: Equatable {
    /// Nothing is left; the chore sleeps until it is asked for again.
    case done
    /// There is more; the other chores have a turn before.
    case more
    /// There is more, but not before so many nanoseconds have passed; or sooner, where it is asked for.
    case after(nanoseconds: UInt64)
}
