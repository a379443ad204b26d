public import Synchronization

/// A `Mutex` whose order the thread sanitizer can see.
///
/// On Linux a contended `Mutex` is handed over by the kernel (`FUTEX_LOCK_PI`), which the sanitizer does not watch: it
/// reports a race for two threads that add to one number under one `Mutex` (Swift 6.3.1, 2026-11). One acquiring load
/// after the lock and one releasing store before the unlock say the same in its own terms; both are plain moves on
/// x86, about 1 ns together.
public struct Locked<Value: ~Copyable>: ~Copyable, Sendable {
    @usableFromInline let mutex: Mutex<Value>
    @usableFromInline let order = Atomic<Bool>(false)

    /// Protects a value.
    @inlinable
    public init(_ value: consuming sending Value) { mutex = Mutex(value) }

    /// Does something with the value while nobody else can. Not to be entered again by the same thread.
    @inlinable @inline(__always)
    public func withLock<Result: ~Copyable, Failure: Error>(
        _ body: (inout sending Value) throws(Failure) -> sending Result
    ) throws(Failure) -> sending Result {
        try mutex.withLock { value throws(Failure) in
            _ = order.load(ordering: .acquiring)
            defer { order.store(true, ordering: .releasing) }
            return try body(&value)
        }
    }
}
