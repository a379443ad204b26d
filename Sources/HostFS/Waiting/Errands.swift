internal import Locking
internal import PseudoFS
internal import Synchronization
internal import SystemPackage

/// Has system calls made by threads of its own, and waits for them a bounded time.
///
/// A file of another program's, or of a file system that has lost its server, may keep a system call for as long as it
/// likes, and no signal ends that. A server thread that made such a call would be lost with it; so it is another that
/// makes it, and the server's goes on with a failure when it has waited long enough. What hangs is counted: with
/// ``hungMax`` calls that never came back nothing more is begun, so that a file that hangs costs so many threads and so
/// many waits at most. A call that does not wait costs two handovers between threads, about 10 us.
///
/// Any thread. Nothing is called under its lock, which is a leaf.
final class Errands: Sendable {
    /// One call.
    private final class Errand: Sendable {
        enum State: Sendable { case underWay, done, givenUp }

        let body: @Sendable () -> Void
        let state = Locked(State.underWay)
        let bell = Bell()

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// One thread, and what it is to do next.
    private final class Runner: Sendable {
        let bell = Bell()
        let next = Locked<Errand?>(nil)
        let isOver = Atomic<Bool>(false)
        let thread = Locked<SystemThread?>(nil)
    }

    private struct Crew: Sendable {
        var idle: [Runner] = []
        var hung = 0
        var isClosed = false
    }

    private final class Answer<Value: Sendable>: Sendable {
        let result = Locked<Result<Value, Failure>?>(nil)
    }

    /// What the threads know too; they do not keep the rest.
    private final class Shared: Sendable {
        let crew = Locked(Crew())
    }

    /// Calls that may hang before nothing is begun any more.
    static let hungMax = 32
    let refused = RefusalCount()
    private let shared = Shared()
    private let nanoseconds: UInt64
    private let seconds: UInt64

    /// - Parameter seconds: how long a call may take.
    init(seconds: UInt64) {
        self.seconds = seconds
        nanoseconds = seconds * 1_000_000_000
    }

    deinit { close() }

    /// Calls that have been given up and did not come back yet.
    var hungCount: Int { shared.crew.withLock { $0.hung } }

    /// Has something done and gives what came of it.
    ///
    /// - Parameter body: makes the calls; it goes on after it was given up, and holds what it needs itself.
    /// - Returns: what the body does.
    /// - Throws: ETIMEDOUT where it took too long: it may happen yet; EMFILE where too many hang already; EAGAIN as
    ///   EMFILE, where the system gives no thread; what the body throws.
    func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let answer = Answer<Value>()
        let errand = Errand {
            let result: Result<Value, Failure>
            do throws(Failure) { result = .success(try body()) } catch { result = .failure(error) }
            answer.result.withLock { $0 = result }
        }
        try start(errand)
        errand.bell.wait(until: Bell.now &+ nanoseconds)
        let isGivenUp = errand.state.withLock { state in
            if state == .done { return false }
            state = .givenUp
            return true
        }
        if isGivenUp {
            shared.crew.withLock { $0.hung += 1 }
            refused.add()
            throw Failure(.timedOut, "the system took more than \(seconds) seconds; it may yet do what was asked")
        }
        guard let result = answer.result.withLock({ $0 }) else { throw Failure(.ioError) }
        return try result.get()
    }

    private func start(_ errand: Errand) throws(Failure) {
        let runner = try shared.crew.withLock { crew throws(Failure) -> Runner? in
            guard crew.hung < Self.hungMax, !crew.isClosed else {
                refused.add()
                throw Failure(.tooManyOpenFiles, "\(crew.hung) calls of the system hang")
            }
            return crew.idle.popLast()
        }
        if let runner {
            runner.next.withLock { $0 = errand }
            return runner.bell.ring()
        }
        let added = Runner()
        added.next.withLock { $0 = errand }
        added.bell.ring()
        do throws(Errno) {
            let thread = try SystemThread { [shared] in Self.work(added, shared) }
            added.thread.withLock { $0 = thread }
        } catch {
            throw Failure(.tooManyOpenFiles, "the system gives no thread")
        }
    }

    private static func work(_ runner: Runner, _ shared: Shared) {
        while true {
            runner.bell.wait()
            let errand = runner.next.withLock { next in
                defer { next = nil }
                return next
            }
            guard let errand else {
                if runner.isOver.load(ordering: .acquiring) { return }
                continue
            }
            errand.body()
            let wasGivenUp = errand.state.withLock { state in
                defer { state = .done }
                return state == .givenUp
            }
            // Idle before it rings: who asks again at once finds this thread and makes no other.
            let isClosed = shared.crew.withLock { crew in
                if wasGivenUp { crew.hung -= 1 }
                if !crew.isClosed { crew.idle.append(runner) }
                return crew.isClosed
            }
            errand.bell.ring()
            if isClosed { return }
        }
    }

    /// Traps where it contradicts itself; does nothing in a release build. Not while calls are under way.
    func checkInvariants() {
        shared.crew.withLock { crew in
            assert(crew.hung >= 0 && crew.hung <= Self.hungMax + 256, "calls are counted wrong")
            assert(Set(crew.idle.map(ObjectIdentifier.init)).count == crew.idle.count, "a thread is idle twice")
            assert(!crew.isClosed || crew.idle.isEmpty)
        }
    }

    /// Ends the threads that have nothing to do; one that hangs ends when its call comes back. Nothing is begun any
    /// more.
    func close() {
        let idle = shared.crew.withLock { crew in
            defer { crew.idle = [] }
            crew.isClosed = true
            return crew.idle
        }
        for runner in idle {
            runner.isOver.store(true, ordering: .releasing)
            runner.bell.ring()
            runner.thread.withLock { $0 }?.join()
        }
    }
}
