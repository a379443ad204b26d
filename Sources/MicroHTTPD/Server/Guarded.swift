import Synchronization

/// A `Mutex` that the thread sanitizer can see through.
///
/// A contended `Mutex` is taken inside libswiftSynchronization, which is not instrumented: the sanitizer then reports
/// every value behind one as raced for (a four-line program with one counter shows it, Swift 6.3.1). The fence here is
/// compiled with us, orders nothing that the lock does not order already, and costs a plain load and store.
struct Guarded<Value: Sendable>: ~Copyable, Sendable {
    private let lock: Mutex<Value>
    private let fence = Atomic<UInt32>(0)

    /// Locks a value up.
    init(_ value: Value) { lock = Mutex(value) }

    /// Works on the value alone. Not reentrant.
    func withLock<Result: Sendable>(_ body: (inout Value) -> Result) -> Result {
        lock.withLock { value in
            _ = fence.load(ordering: .acquiring)
            defer { fence.store(0, ordering: .releasing) }
            return body(&value)
        }
    }
}
