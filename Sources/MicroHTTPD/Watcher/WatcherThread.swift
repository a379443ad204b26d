import Glibc

/// The thread that a ``WatcherLoop`` runs on.
enum WatcherThread {
    /// What the thread is given.
    private final class Start {
        let service: Service
        let daemon: Daemon
        let listeners: [ListeningSocket]

        init(_ service: Service, _ daemon: Daemon, _ listeners: [ListeningSocket]) {
            self.service = service
            self.daemon = daemon
            self.listeners = listeners
        }
    }

    /// Starts it, with all signals blocked: they are the program's.
    static func start(
        service: Service, daemon: Daemon, listeners: [ListeningSocket]
    ) throws(StartFailure) -> pthread_t {
        let start = unsafe Unmanaged.passRetained(Start(service, daemon, listeners))
        var thread = pthread_t()
        var all = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_BLOCK, &all, &before)
        let status = unsafe pthread_create(
            &thread, nil, { context in unsafe WatcherThread.main(context) }, start.toOpaque())
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        guard status == 0 else {
            unsafe start.release()
            throw StartFailure(attempt: "start", number: status)
        }
        return thread
    }

    private static func main(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let context = unsafe context else { return nil }
        let start = unsafe Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
        var loop = WatcherLoop(service: start.service, daemon: start.daemon, listeners: start.listeners)
        loop.run()
        return nil
    }
}
