/// Whether a stream is worth reading, for who watches it instead of reading: what `poll` asks.
///
/// Any thread; closed exactly once by whoever opened it. It outlives its node, but not its subject.
public protocol Readiness: AnyObject, Sendable {
    /// Whether there is something worth reading.
    var isReady: Bool { get }

    /// Whether there will never be anything again: the subject has been removed.
    var isOver: Bool { get }

    /// Begins to wait.
    ///
    /// - Parameter wake: called once, on any thread, under no lock, when ``isReady`` may have become another, or
    ///   ``isOver``. What became so before the call may have been missed: look once more after it.
    func wait(_ wake: @escaping @Sendable () -> Void)

    /// Stops, and lets go of everything.
    func close()
}
