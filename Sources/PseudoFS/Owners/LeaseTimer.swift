internal import Locking
internal import Synchronization
public import SystemPackage

/// The clock of every day: CLOCK_MONOTONIC, which stands still while the machine is suspended, and one thread.
///
/// There is no thread before the first lease, and it sleeps until the earliest of them runs out: without leases for
/// ever. A lease that is renewed wakes nobody.
public final class LeaseTimer: LeaseClock {
    private final class Desk: Sendable {
        let bell = Bell()
        let isOver = Atomic(false)
    }

    private let desk = Desk()

    /// No thread yet.
    public init() {}

    deinit { stop() }

    /// Nanoseconds of CLOCK_MONOTONIC.
    public var now: UInt64 { Bell.now }

    /// Starts the thread.
    ///
    /// - Throws: EAGAIN where the system gives none.
    public func start(_ pass: @escaping @Sendable () -> UInt64?) throws(Errno) {
        let desk = desk
        try SystemThread {
            while !desk.isOver.load(ordering: .acquiring) { desk.bell.wait(until: pass()) }
        }.detach()
    }

    /// Wakes the thread.
    public func ring() { desk.bell.ring() }

    /// Lets the thread end.
    public func stop() {
        desk.isOver.store(true, ordering: .releasing)
        desk.bell.ring()
    }
}
