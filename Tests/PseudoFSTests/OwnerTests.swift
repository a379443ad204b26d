internal import JITFSTestSupport
internal import Locking
internal import PseudoFS
internal import Synchronization
internal import SystemPackage
internal import Testing

@Suite struct OwnerTests {
    @Test func `what an owner adopted goes with it, the newest first, once`() {
        let order = Locked<[Int]>([])
        let owner = Owner(name: "shop")
        for index in 0..<3 { owner.adopt { order.withLock { $0.append(index) } } }
        #expect(owner.entryCount == 3)
        owner.release()
        owner.release()
        #expect(owner.isReleased && owner.entryCount == 0)
        #expect(order.withLock { $0 } == [2, 1, 0])
    }

    @Test func `the last reference releases, whoever keeps an adoption`() throws {
        let shelf = Shelf()
        try shelf.add("a")
        var adoption: Adoption?
        do {
            let owner = Owner(name: "shop")
            adoption = owner.adopt { shelf.remove("a") }
        }
        #expect(shelf.box("a") == nil)
        adoption?.end()
    }

    @Test func `a released owner takes nothing more`() {
        let owner = Owner(name: "shop")
        owner.release()
        let removed = Locked(0)
        #expect(owner.adopt { removed.withLock { $0 += 1 } } == nil)
        #expect(removed.withLock { $0 } == 1)
        #expect(owner.tryAdopt { removed.withLock { $0 += 1 } } == nil)
        #expect(removed.withLock { $0 } == 1)
    }

    @Test func `what went by another way is forgotten, and what took its place is not touched`() throws {
        let order = Locked<[Int]>([])
        let owner = Owner(name: "shop")
        let adoptions = (0..<4).map { index in owner.adopt { order.withLock { $0.append(index) } } }
        adoptions[1]?.end()
        adoptions[1]?.end()
        owner.adopt { order.withLock { $0.append(9) } }
        adoptions[1]?.end()
        #expect(owner.entryCount == 4)
        owner.checkInvariants()
        owner.release()
        #expect(order.withLock { $0 } == [9, 3, 2, 0])
        adoptions[2]?.end()
    }

    @Test func `an adoption stands for as many entries as it is told`() throws {
        let owner = Owner(name: "shop")
        let many = try #require(owner.adopt(entries: 0) {})
        owner.adopt {}
        many.add(1000)
        many.add(-1)
        #expect(owner.entryCount == 1000)
        many.end()
        many.add(5)
        #expect(owner.entryCount == 1)
        owner.release()
        many.add(5)
        #expect(owner.entryCount == 0)
    }

    @Test func `a removal may end adoptions of the same owner`() throws {
        let owner = Owner(name: "shop")
        let removed = Locked<[Int]>([])
        let first = try #require(owner.adopt { removed.withLock { $0.append(1) } })
        owner.adopt {
            removed.withLock { $0.append(2) }
            first.end()
        }
        owner.release()
        // The list was taken whole: who is told twice must bear it.
        #expect(removed.withLock { $0 } == [2, 1])
    }

    @Test func `an owner that knows its tree has what it had forgotten there, and those who watch called`() throws {
        let shelf = Shelf()
        let namespace = Namespace.over(shelf, lanes: 2)
        for name in ["a", "b"] { try shelf.add(name) }
        let owner = Owner(name: "shop", in: namespace)
        owner.adopt { shelf.remove("a") }
        for lane in 0..<2 {
            for name in ["a", "b"] { _ = try namespace.look("/shelf/\(name)/inside/number", lane: lane) }
        }
        let pin = namespace.pin(try namespace.look("/shelf/a/inside/number"))
        let live = namespace.statistics.live
        let lookout = Called()
        let ticket = namespace.watch(try namespace.look("/shelf"), by: lookout)
        owner.release()
        #expect(lookout.isCalled.withLock { $0 })
        #expect(namespace.statistics.live == live - 6)
        #expect(namespace.statistics.pinned == 0)
        #expect(pin.node.isGone)
        namespace.watchers.remove(ticket)
        namespace.checkInvariants()
    }

    private final class Called: Lookout {
        let isCalled = Locked(false)
        func lookAgain() { isCalled.withLock { $0 = true } }
    }

    @Test func `ends and adoptions from many threads leave nothing and lose nothing`() {
        let seed = Seed.next()
        for round in 0..<20 {
            let owner = Owner(name: "shop")
            let counts = Counts()
            var threads = Threads()
            for worker in 0..<3 {
                threads.start {
                    var random = SeededGenerator(seed: seed &+ UInt64(round * 8 + worker))
                    for _ in 0..<300 {
                        counts.made.add(1, ordering: .relaxed)
                        let once = Once { counts.gone.add(1, ordering: .relaxed) }
                        let adoption = owner.adopt { once.run() }
                        if let adoption, Int.random(in: 0..<2, using: &random) == 0 {
                            adoption.end()
                            once.run()
                        }
                    }
                }
            }
            threads.start { if round % 2 == 0 { owner.release() } }
            threads.join()
            owner.checkInvariants()
            owner.release()
            let (all, left) = (counts.made.load(ordering: .relaxed), counts.gone.load(ordering: .relaxed))
            #expect(all == left, "seed \(seed)")
        }
    }

    private final class Counts: Sendable {
        let made = Atomic(0)
        let gone = Atomic(0)
    }

    /// A removal that bears to be told twice.
    private final class Once: Sendable {
        private let isDone = Atomic(false)
        private let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        func run() { if !isDone.exchange(true, ordering: .acquiringAndReleasing) { body() } }
    }
}
