public import SystemPackage

/// What time is to ``Owners``, and what wakes them when a lease runs out.
public protocol LeaseClock: AnyObject, Sendable {
    /// Nanoseconds from some moment on; they never go back.
    var now: UInt64 { get }

    /// Begins to call. Called once, before there is a lease.
    ///
    /// - Parameter pass: ends what has run out, and gives the time of the next lease to do so, or nil where there is
    ///   none. To be called when that time has come, and after each ``ring()``; never by two threads at once.
    /// - Throws: EAGAIN where the system has no thread for it.
    func start(_ pass: @escaping @Sendable () -> UInt64?) throws(Errno)

    /// There is a lease that runs out earlier than what `pass` said last.
    func ring()

    /// Calls no more: whom it called is gone.
    func stop()
}
