import CMicroHTTPD
import Glibc
import Locking
import Synchronization

/// The one thread beside the server threads: it accepts, resumes streams, notices clients that are gone, and keeps time.
///
/// It sleeps in one `epoll_wait` without a timeout. Its timer is armed for the nearest deadline and otherwise not at all:
/// with nothing but held streams, nothing ever wakes it; an idle connection wakes it once, to be closed.
final class Watcher: Sendable {
    struct Mailbox: Sendable {
        /// Streams that are to be resumed.
        var resumes: [HeldStream] = []
        /// Whether the thread has been told that there is something: one wake-up for any number of streams.
        var isSignalled = false
        var stopsAccepting = false
        var quits = false
    }

    /// What the thread is to do. A leaf lock.
    private let mailbox = Locked(Mailbox())
    /// What is waited on.
    let epoll: Int32
    /// Wakes the thread.
    let event: Int32
    /// The thread's timer.
    let timer: Int32
    /// Whether the timer runs for the sake of connections. Written by the thread.
    let isTicking = Atomic<Bool>(false)
    /// How often connections were looked at. Written by the thread.
    let sweeps = Atomic<UInt64>(0)
    /// Whether accepting waits for a descriptor to become free. Written by the thread.
    let isShortOfDescriptors = Atomic<Bool>(false)

    /// What an event is about. Streams count from 2³² on, listeners from 16. A connection is 2⁶³, its descriptor times
    /// 2³², and the last 32 bits of its serial.
    enum ID {
        static var event: UInt64 { 0 }
        static var timer: UInt64 { 1 }
        static var listeners: UInt64 { 16 }
        static var streams: UInt64 { 1 << 32 }
        static var connections: UInt64 { 1 << 63 }

        static func connection(_ connection: Connection) -> UInt64 {
            connections | UInt64(connection.descriptor) << 32 | connection.serial & 0xFFFF_FFFF
        }
    }

    init() throws(StartFailure) {
        epoll = jitfs_epoll_create()
        event = jitfs_eventfd()
        timer = jitfs_timerfd()
        guard epoll >= 0, event >= 0, timer >= 0,
            jitfs_epoll_add(epoll, event, jitfs_epoll_readable(), ID.event) == 0,
            jitfs_epoll_add(epoll, timer, jitfs_epoll_readable(), ID.timer) == 0
        else { throw StartFailure(attempt: "start") }
    }

    deinit {
        for descriptor in [epoll, event, timer] where descriptor >= 0 { close(descriptor) }
    }

    /// Has a stream resumed that was suspended. Any thread; the stream's lock is not held.
    func resume(_ stream: HeldStream) { post { $0.resumes.append(stream) } }

    /// Has streams resumed.
    func resume(_ streams: [HeldStream]) {
        if !streams.isEmpty { post { $0.resumes.append(contentsOf: streams) } }
    }

    /// Has the thread look at its deadlines again.
    func poke() { post { _ in } }

    /// Has the listeners closed.
    func stopAccepting() { post { $0.stopsAccepting = true } }

    /// Has the thread end, after everything posted before is done.
    func quit() { post { $0.quits = true } }

    private func post(_ change: (inout Mailbox) -> Void) {
        let wakes = mailbox.withLock { mailbox in
            change(&mailbox)
            let wakes = !mailbox.isSignalled
            mailbox.isSignalled = true
            return wakes
        }
        guard wakes else { return }
        var one: UInt64 = 1
        _ = unsafe write(event, &one, 8)
    }

    /// Takes what was posted. The thread.
    func collect() -> Mailbox {
        mailbox.withLock { mailbox in
            let taken = mailbox
            mailbox.resumes = []
            mailbox.isSignalled = false
            return taken
        }
    }

    /// Has a connection watched for its client's going, on behalf of a stream.
    func watch(_ descriptor: Int32, stream: UInt64) {
        _ = set(descriptor, jitfs_epoll_hangup(), ID.streams + stream)
    }

    /// Has the next byte on an idle connection told; one event comes at once.
    ///
    /// The server thread may have read the byte before this thread gets to it, and the kernel does not tell of what is
    /// no longer there. So it is asked about writing too, which is possible at any time: then the event stands.
    ///
    /// - Returns: false where the kernel does not take it.
    func watch(_ connection: Connection) -> Bool {
        set(connection.descriptor, EPOLLIN.rawValue | EPOLLOUT.rawValue | EPOLLET.rawValue, ID.connection(connection))
    }

    /// Enters a descriptor, or changes what it is watched for. A closed descriptor leaves the set by itself.
    private func set(_ descriptor: Int32, _ events: UInt32, _ id: UInt64) -> Bool {
        if jitfs_epoll_add(epoll, descriptor, events, id) == 0 { return true }
        // Still there from the last time.
        guard errno == EEXIST, jitfs_epoll_remove(epoll, descriptor) == 0 else { return false }
        return jitfs_epoll_add(epoll, descriptor, events, id) == 0
    }

    /// Watches it no longer; the descriptor is still open.
    func unwatch(_ descriptor: Int32) { _ = jitfs_epoll_remove(epoll, descriptor) }
}
