import JITFSTestSupport
import Locking
import SystemPackage
import Testing

@testable import PagePool

struct PoolWorkerTests {
    /// Counts its steps and rings when there were enough.
    private final class Counter: PoolChore {
        let steps = Locked(0)
        let bell = Bell()
        let needed: Int
        let next: @Sendable (Int) -> ChoreStep

        init(needed: Int = 1, next: @escaping @Sendable (Int) -> ChoreStep = { _ in .done }) {
            self.needed = needed
            self.next = next
        }

        func step() -> ChoreStep {
            let count = steps.withLock { steps in
                steps += 1
                return steps
            }
            if count == needed { bell.ring() }
            return next(count)
        }
    }

    @Test func `a chore is done each time it is asked for`() throws {
        let worker = PoolWorker(memory: SystemMemory())
        let chore = Counter()
        try worker.ask(chore)
        chore.bell.wait()
        worker.stop()
        #expect(chore.steps.withLock { $0 } == 1)
    }

    @Test func `a chore that has more to do goes on, and the others have turns between`() throws {
        let worker = PoolWorker(memory: SystemMemory())
        let long = Counter(needed: 1_000) { $0 < 1_000 ? .more : .done }
        let short = Counter()
        try worker.ask(long)
        try worker.ask(short)
        short.bell.wait()
        long.bell.wait()
        worker.stop()
        #expect(long.steps.withLock { $0 } == 1_000 && short.steps.withLock { $0 } == 1)
    }

    @Test func `a chore that sleeps goes on by itself`() throws {
        let worker = PoolWorker(memory: SystemMemory())
        let chore = Counter(needed: 5) { $0 < 5 ? .after(nanoseconds: 1_000) : .done }
        try worker.ask(chore)
        chore.bell.wait()
        worker.stop()
        #expect(chore.steps.withLock { $0 } == 5)
    }

    @Test func `a chore that sleeps for a day is done at once where it is asked for`() throws {
        let worker = PoolWorker(memory: SystemMemory())
        let chore = Counter(needed: 2) { _ in .after(nanoseconds: 86_400_000_000_000) }
        let other = Counter()
        try worker.ask(chore)
        try worker.ask(other)
        other.bell.wait()
        try worker.ask(chore)
        chore.bell.wait()
        worker.stop()
        #expect(chore.steps.withLock { $0 } == 2)
    }

    @Test func `a chore that goes on at once, every time, leaves the others their turns`() throws {
        let worker = PoolWorker(memory: SystemMemory())
        let other = Counter()
        let long = Counter(needed: 100_000) { [other] count in
            count < 100_000 && other.steps.withLock { $0 } == 0 ? .after(nanoseconds: 0) : .done
        }
        try worker.ask(long)
        try worker.ask(other)
        other.bell.wait()
        worker.stop()
        #expect(long.steps.withLock { $0 } < 100_000)
    }

    @Test func `nothing is done after the end, which may come twice`() throws {
        let worker = PoolWorker(memory: SystemMemory())
        let chore = Counter()
        try worker.ask(chore)
        worker.stop()
        worker.stop()
        let before = chore.steps.withLock { $0 }
        #expect(throws: Errno.canceled) { try worker.ask(chore) }
        #expect(chore.steps.withLock { $0 } == before)
    }

    @Test func `a thread that is refused is told, and asked for again the next time`() throws {
        final class OneRefusal: PageMemory {
            let asked = Locked(0)
            func permits(mapping bytes: Int) -> Bool { true }
            func permitsThread() -> Bool {
                asked.withLock { asked in
                    asked += 1
                    return asked > 1
                }
            }
        }
        let worker = PoolWorker(memory: OneRefusal())
        let chore = Counter()
        #expect(throws: Errno.resourceTemporarilyUnavailable) { try worker.ask(chore) }
        try worker.ask(chore)
        chore.bell.wait()
        worker.stop()
        #expect(chore.steps.withLock { $0 } == 1)
    }

    @Test func `what others ask for while a thread is refused is not forgotten`() throws {
        /// Refuses the first thread, after somebody else has asked or had time to.
        final class SlowRefusal: PageMemory {
            let whenAsked = Locked<(@Sendable () -> Void)?>(nil)
            func permits(mapping bytes: Int) -> Bool { true }
            func permitsThread() -> Bool {
                let first = whenAsked.withLock { body in
                    defer { body = nil }
                    return body
                }
                first?()
                return first == nil
            }
        }
        let memory = SlowRefusal()
        let worker = PoolWorker(memory: memory)
        let other = Counter()
        let hasAsked = Bell()
        let threads = Locked(Threads())
        memory.whenAsked.withLock { body in
            body = {
                threads.withLock { threads in
                    threads.start {
                        try? worker.ask(other)
                        hasAsked.ring()
                    }
                }
                hasAsked.wait(until: Bell.now + 50_000_000)
            }
        }
        #expect(throws: Errno.resourceTemporarilyUnavailable) { try worker.ask(Counter()) }
        threads.withLock { $0.join() }
        // It was told that it will be done.
        other.bell.wait(until: Bell.now + 10_000_000_000)
        #expect(other.steps.withLock { $0 } == 1)
        worker.stop()
    }
}
