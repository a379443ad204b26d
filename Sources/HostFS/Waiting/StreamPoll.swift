internal import CLinuxShims
internal import Glibc
internal import Locking
internal import PseudoFS
internal import SystemPackage

/// The thread that waits for all streams of host files: it polls them, reads none, and wakes who waits.
///
/// A stream is read by the server thread that sends it, with `O_NONBLOCK`, which gives what is there or nothing. The
/// thread begins with the first stream that waits, and sleeps until something comes; only the streams of single CPUs
/// have it wake up five times a second, for the kernel's poll tells of them late (see ``HostStream``).
final class StreamPoll: Sendable {
    /// Who waits.
    private struct Waiter: Sendable {
        let file: Descriptor
        let isLate: Bool
        let wake: @Sendable () -> Void
    }

    private struct State: Sendable {
        var waiters: [UInt64: Waiter] = [:]
        var last: UInt64 = 0
        var thread: SystemThread?
        var isClosed = false
    }

    /// What the thread knows too; it does not keep the rest.
    private final class Shared: Sendable {
        /// An eventfd, which ends the thread's sleep. -1 where there was none to be had.
        let bell = jitfs_wake_descriptor()
        // Lock order: a leaf; nobody is called under it.
        let state = Locked(State())

        deinit { if bell >= 0 { _ = Glibc.close(bell) } }

        func ring() {
            var one: UInt64 = 1
            _ = unsafe Glibc.write(bell, &one, 8)
        }

        func clear() {
            var count: UInt64 = 0
            _ = unsafe Glibc.read(bell, &count, 8)
        }
    }

    /// Milliseconds after which a stream is looked at that poll tells late of.
    private static let lateMilliseconds: Int32 = 200
    private let shared = Shared()

    deinit { close() }

    /// A number for somebody who will wait.
    func number() -> UInt64 {
        shared.state.withLock { state in
            state.last += 1
            return state.last
        }
    }

    /// Waits for a file to become readable. Who waits already does so once all the same.
    ///
    /// - Parameters:
    ///   - file: kept open meanwhile.
    ///   - id: who waits, by a ``number()`` of his own.
    ///   - isLate: whether poll may tell late.
    ///   - wake: called once, by the thread, when it is worth reading again.
    /// - Throws: EMFILE where the system gives no thread or no descriptor, or all is over.
    func wait(
        for file: Descriptor, as id: UInt64, isLate: Bool, _ wake: @escaping @Sendable () -> Void
    ) throws(Failure) {
        let shared = shared
        try shared.state.withLock { state throws(Failure) in
            guard !state.isClosed, shared.bell >= 0 else { throw Failure(.tooManyOpenFiles) }
            if state.thread == nil {
                do throws(Errno) {
                    state.thread = try SystemThread { Self.run(shared) }
                } catch {
                    throw Failure(.tooManyOpenFiles, "the system gives no thread")
                }
            }
            state.waiters[id] = Waiter(file: file, isLate: isLate, wake: wake)
        }
        shared.ring()
    }

    /// How many wait.
    var waiterCount: Int { shared.state.withLock { $0.waiters.count } }

    /// Stops waiting; nothing is called any more, except for what is being called already.
    func cancel(_ id: UInt64) {
        if shared.state.withLock({ $0.waiters.removeValue(forKey: id) }) != nil { shared.ring() }
    }

    private static func run(_ shared: Shared) {
        unsafe jitfs_call_this_thread("jitfs-host")
        while true {
            let waiters = shared.state.withLock { $0.isClosed ? nil : $0.waiters }
            guard let waiters else { return }
            let ids = Array(waiters.keys)
            var polls = [pollfd(fd: shared.bell, events: Int16(POLLIN), revents: 0)]
            for id in ids {
                polls.append(pollfd(fd: waiters[id]?.file.number ?? -1, events: Int16(POLLIN), revents: 0))
            }
            let hasLate = waiters.values.contains { $0.isLate }
            let count = unsafe poll(&polls, nfds_t(polls.count), hasLate ? lateMilliseconds : -1)
            if polls[0].revents != 0 { shared.clear() }
            for (index, id) in ids.enumerated() {
                let isReady = count > 0 && polls[index + 1].revents != 0
                guard isReady || count == 0 && waiters[id]?.isLate == true else { continue }
                shared.state.withLock { $0.waiters.removeValue(forKey: id) }?.wake()
            }
        }
    }

    /// Ends the thread. Nobody is woken any more.
    func close() {
        let thread = shared.state.withLock { state in
            defer { state.thread = nil }
            state.isClosed = true
            state.waiters = [:]
            return state.thread
        }
        shared.ring()
        thread?.join()
    }
}
