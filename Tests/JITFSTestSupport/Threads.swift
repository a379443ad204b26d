internal import Glibc

/// Threads of their own, for bodies that spin or wait: the tasks of `async` share as many threads as there are CPUs.
public struct Threads {
    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    private var threads: [pthread_t] = []

    /// None yet.
    public init() {}

    /// Starts one.
    public mutating func start(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let box = unsafe Unmanaged.passRetained(Body(body)).toOpaque()
        let result = unsafe pthread_create(
            &thread, nil,
            { box in
                unsafe Unmanaged<Body>.fromOpaque(box!).takeRetainedValue().run()
                return nil
            }, box)
        precondition(result == 0, "no thread")
        threads.append(thread)
    }

    /// Waits for all.
    public func join() {
        for thread in threads { _ = pthread_join(thread, nil) }
    }
}
