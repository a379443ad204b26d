internal import PseudoFS
internal import Locking
internal import Testing

@Suite struct OwnerTests {
    @Test func `what an owner adopted goes with it, the newest first, once`() {
        let shelf = Shelf()
        let order = Locked<[Int]>([])
        do {
            let owner = Owner(name: "shop")
            for index in 0..<3 { owner.adopt { order.withLock { $0.append(index) } } }
            owner.release()
            owner.release()
            #expect(owner.isReleased)
        }
        #expect(order.withLock { $0 } == [2, 1, 0])
        withExtendedLifetime(shelf) {}
    }

    @Test func `the last reference releases`() throws {
        let shelf = Shelf()
        try shelf.add("a")
        do {
            let owner = Owner(name: "shop")
            owner.adopt { shelf.remove("a") }
        }
        #expect(shelf.box("a") == nil)
    }

    @Test func `a released owner takes nothing more`() {
        let owner = Owner(name: "shop")
        owner.release()
        let removed = Locked(0)
        #expect(!owner.adopt { removed.withLock { $0 += 1 } })
        #expect(removed.withLock { $0 } == 1)
    }
}
