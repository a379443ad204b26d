import CMicroHTTPD
import Glibc
import Locking
import Synchronization

/// The one thread beside the server threads: it accepts, resumes streams, notices clients that are gone, and keeps time.
///
/// It sleeps in one `epoll_wait` without a timeout. Its timer is armed for the nearest deadline and otherwise not at all:
/// with nothing but held streams, nothing ever wakes it.
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
    /// Whether accepting waits for a descriptor to become free. Written by the thread.
    let isShortOfDescriptors = Atomic<Bool>(false)

    /// What an event is about. Streams count from 2³² on, listeners from 16.
    enum ID {
        static var event: UInt64 { 0 }
        static var timer: UInt64 { 1 }
        static var listeners: UInt64 { 16 }
        static var streams: UInt64 { 1 << 32 }
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
        _ = jitfs_epoll_add(epoll, descriptor, jitfs_epoll_hangup(), ID.streams + stream)
    }

    /// Watches it no longer; the descriptor is still open.
    func unwatch(_ descriptor: Int32) { _ = jitfs_epoll_remove(epoll, descriptor) }
}
