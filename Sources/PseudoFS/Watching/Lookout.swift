/// Looks again at one thing after each change that may concern it: `?watch`.
public protocol Lookout: AnyObject, Sendable {
    /// Looks, and tells whom it concerns.
    ///
    /// One thread at a time, under no lock of ours. What changes after the call has begun has it called again; it may be
    /// called for nothing, and once more after it was removed.
    func lookAgain()
}
