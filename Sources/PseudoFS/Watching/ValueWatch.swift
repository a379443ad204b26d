/// Tells that a file's value may have changed, though nobody wrote through the tree: triggers did it, or the program that
/// the tree stands for.
///
/// One thread at a time uses it; `close` may come from another and is called exactly once by whoever opened it.
public protocol ValueWatch: AnyObject, Sendable {
    /// Begins to wait: a change from now on calls what was set, once. One before is seen by whoever reads after this.
    func arm()

    /// Sets what is called. It may be called for nothing; on any thread, and must be short. nil takes it away.
    func onChange(_ wake: (@Sendable () -> Void)?)

    /// Lets go of everything.
    func close()
}
