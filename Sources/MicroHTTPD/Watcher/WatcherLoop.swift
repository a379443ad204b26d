import CMicroHTTPD
import Glibc
import Locking
import Synchronization
import SystemPackage

/// What the watcher's thread does, and what only it knows.
struct WatcherLoop: ~Copyable {
    let service: Service
    let daemon: Daemon
    /// Who is listened on; empty once accepting has stopped.
    var listeners: [ListeningSocket]
    /// Whether the listeners are in the epoll set.
    var isAccepting = false
    /// From 2 on: 1 is the task that every system begins with, and a connection's number is its task's.
    var nextSerial: UInt64 = 2
    /// When connections are looked at next; nil while none is active.
    private var nextTick: UInt64?
    /// Not later than the moment at which the first idle connection is due; `.max` where there is none.
    private var idleDeadline = UInt64.max
    /// What the timer is armed for; 0 where it is not.
    private var armedFor: UInt64 = 0

    init(service: Service, daemon: Daemon, listeners: [ListeningSocket]) {
        self.service = service
        self.daemon = daemon
        self.listeners = listeners
    }

    /// Starts the thread that it runs on.
    static func start(
        service: Service, daemon: Daemon, listeners: [ListeningSocket]
    ) throws(StartFailure) -> SystemThread {
        do throws(Errno) {
            return try SystemThread {
                var loop = WatcherLoop(service: service, daemon: daemon, listeners: listeners)
                loop.run()
            }
        } catch {
            throw StartFailure(attempt: "start", number: error.rawValue)
        }
    }

    /// Runs until told to quit.
    mutating func run() {
        unsafe jitfs_name_thread("jitfs-watcher")
        setAccepting(true)
        var events = [jitfs_event](repeating: jitfs_event(), count: Int(JITFS_EPOLL_BATCH))
        while true {
            let count = unsafe jitfs_epoll_wait(service.watcher.epoll, &events, Int32(events.count))
            if count < 0, errno != EINTR { return }
            for index in 0..<Int(max(count, 0)) {
                guard handle(events[index]) else { return }
            }
            setTimer()
        }
    }

    private mutating func handle(_ event: jitfs_event) -> Bool {
        switch event.id {
        case Watcher.ID.event: return emptyMailbox()
        case Watcher.ID.timer: keepTime()
        case Watcher.ID.connections...:
            service.connections.noteInput(
                descriptor: Int32(truncatingIfNeeded: event.id >> 32 & 0x7FFF_FFFF),
                serial: UInt32(truncatingIfNeeded: event.id),
                isReadable: event.events & EPOLLIN.rawValue != 0, now: MonotonicTime.now, watcher: service.watcher)
        case Watcher.ID.streams...: noticeHangup(event.id - Watcher.ID.streams)
        default:
            let index = Int(event.id - Watcher.ID.listeners)
            if listeners.indices.contains(index) { accept(from: listeners[index]) }
        }
        return true
    }

    private mutating func emptyMailbox() -> Bool {
        var count: UInt64 = 0
        _ = unsafe read(service.watcher.event, &count, 8)
        let mail = service.watcher.collect()
        for stream in mail.resumes { stream.resume() }
        if mail.stopsAccepting, !listeners.isEmpty {
            setAccepting(false)
            for listener in listeners { listener.close() }
            listeners = []
        }
        if service.watcher.isShortOfDescriptors.load(ordering: .relaxed) { setAccepting(true) }
        return !mail.quits
    }

    private func noticeHangup(_ id: UInt64) {
        guard let stream = service.streams.stream(id) else { return }
        if stream.end(.gone) {
            stream.resume()
        } else {
            // It may be blocked in a write, which does not always learn that nobody reads any more.
            service.connections.cut(stream.client)
        }
    }

    private mutating func keepTime() {
        var count: UInt64 = 0
        _ = unsafe read(service.watcher.timer, &count, 8)
        armedFor = 0
        let now = MonotonicTime.now
        for stream in service.streams.overdue(now: now) where stream.end(.finished) { stream.resume() }
        guard now >= nextTick ?? idleDeadline else { return }
        if nextTick != nil { nextTick = now + service.limits.tickNanoseconds }
        service.watcher.sweeps.add(1, ordering: .relaxed)
        let (cut, idleDeadline) = service.connections.sweep(
            now: now, allowed: UInt64(service.limits.requestSeconds * 1e9), watcher: service.watcher)
        self.idleDeadline = idleDeadline
        if cut > 0 { service.refusals.requestSeconds.add(UInt64(cut), ordering: .relaxed) }
        if service.watcher.isShortOfDescriptors.load(ordering: .relaxed) { setAccepting(true) }
    }

    /// Arms the timer for the nearest deadline, if there is one.
    private mutating func setTimer() {
        if needsTick {
            if nextTick == nil { nextTick = MonotonicTime.now + service.limits.tickNanoseconds }
        } else {
            nextTick = nil
        }
        // Whoever makes the first connection active reads this flag after counting it; so it is counted here again
        // after the flag was written. One of both sees the other.
        service.watcher.isTicking.store(nextTick != nil, ordering: .sequentiallyConsistent)
        if nextTick == nil, needsTick {
            nextTick = MonotonicTime.now + service.limits.tickNanoseconds
            service.watcher.isTicking.store(true, ordering: .sequentiallyConsistent)
        }
        let nearest = min(nextTick ?? idleDeadline, service.streams.nearestDeadline)
        let wanted = nearest == .max ? 0 : max(nearest, 1)
        guard wanted != armedFor else { return }
        armedFor = wanted
        _ = jitfs_timerfd_arm(service.watcher.timer, wanted)
    }

    private var needsTick: Bool {
        service.connections.active.load(ordering: .sequentiallyConsistent) > 0
            || service.watcher.isShortOfDescriptors.load(ordering: .relaxed)
    }

    /// Takes the listeners into the set, or out of it.
    mutating func setAccepting(_ accepts: Bool) {
        service.watcher.isShortOfDescriptors.store(false, ordering: .relaxed)
        guard accepts != isAccepting else { return }
        isAccepting = accepts
        for (index, listener) in listeners.enumerated() {
            if accepts {
                _ = jitfs_epoll_add(
                    service.watcher.epoll, listener.descriptor, jitfs_epoll_readable(),
                    Watcher.ID.listeners + UInt64(index))
            } else {
                _ = jitfs_epoll_remove(service.watcher.epoll, listener.descriptor)
            }
        }
    }
}
