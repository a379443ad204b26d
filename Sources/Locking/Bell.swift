internal import Glibc

/// Something to sleep by: rings are counted, and each ends one sleep.
@safe public final class Bell: @unchecked Sendable {
    // Sendable: what is behind the pointer is used under its own lock, and its address never changes.
    @unsafe private struct State {
        var lock = unsafe pthread_mutex_t()
        var rang = pthread_cond_t()
        var count = 0
    }

    private let state: UnsafeMutablePointer<State>

    /// Has not rung.
    public init() {
        unsafe state = .allocate(capacity: 1)
        unsafe state.initialize(to: State())
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_mutex_init(&state.pointee.lock, nil)
        unsafe pthread_cond_init(&state.pointee.rang, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(&state.pointee.rang)
        unsafe pthread_mutex_destroy(&state.pointee.lock)
        unsafe state.deallocate()
    }

    /// Nanoseconds of the monotonic clock, which does not count while the machine is suspended.
    public static var now: UInt64 {
        var time = timespec()
        unsafe _ = clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }

    /// Ends one sleep, or the next.
    public func ring() {
        unsafe pthread_mutex_lock(&state.pointee.lock)
        unsafe state.pointee.count += 1
        unsafe pthread_cond_signal(&state.pointee.rang)
        unsafe pthread_mutex_unlock(&state.pointee.lock)
    }

    /// Sleeps until it rings, or until a time of ``now`` has come.
    public func wait(until time: UInt64? = nil) {
        unsafe pthread_mutex_lock(&state.pointee.lock)
        defer { unsafe pthread_mutex_unlock(&state.pointee.lock) }
        while unsafe state.pointee.count == 0 {
            guard let time else {
                unsafe pthread_cond_wait(&state.pointee.rang, &state.pointee.lock)
                continue
            }
            var deadline = timespec(tv_sec: Int(time / 1_000_000_000), tv_nsec: Int(time % 1_000_000_000))
            if unsafe pthread_cond_timedwait(&state.pointee.rang, &state.pointee.lock, &deadline) != 0 { return }
        }
        unsafe state.pointee.count -= 1
    }
}
