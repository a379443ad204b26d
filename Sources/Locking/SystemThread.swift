internal import Glibc
public import SystemPackage

/// A thread of the system's with all signals blocked in it: they are the program's.
///
/// ```swift
/// let thread = try SystemThread { loop.run() }
/// loop.quit()
/// thread.join()
/// ```
/// It is to be joined or let go, once.
@safe public struct SystemThread: @unchecked Sendable {
    // Sendable: a thread's handle is a number that any thread may wait by; its owner does it once.
    private final class Start {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    private let thread: pthread_t

    /// Starts one that runs a body and ends with it.
    ///
    /// - Throws: EAGAIN where the system gives none.
    public init(_ body: @escaping @Sendable () -> Void) throws(Errno) {
        let start = unsafe Unmanaged.passRetained(Start(body))
        var all = sigset_t()
        var before = sigset_t()
        var thread = pthread_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_BLOCK, &all, &before)
        let status = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<Start>.fromOpaque(context).takeRetainedValue().body()
                return nil
            }, start.toOpaque())
        unsafe pthread_sigmask(SIG_SETMASK, &before, nil)
        guard status == 0 else {
            unsafe start.release()
            throw Errno(rawValue: status)
        }
        self.thread = thread
    }

    /// Waits for its end.
    public func join() { _ = pthread_join(thread, nil) }

    /// Lets it end by itself.
    public func detach() { _ = pthread_detach(thread) }
}
