internal import JITFSTestSupport
internal import Locking
internal import Testing

@testable internal import PagePool

@Suite struct BackingStoreTests {
    private func place(_ cluster: Int, _ granule: Int = 0) -> UInt64 { UInt64(cluster * 2048 + granule) }

    @Test func `clusters are taken once, and again when nothing lives in them`() {
        let wake = WakeFlag()
        let store = BackingStore(on: TestDevice(clusters: 4), wake: wake)
        #expect(store.clusterCount == 4 && store.freeCount == 4)
        for number in 0..<3 {
            #expect(store.take(leaving: 1) == number)
            store.adopt(place(number), 100)
            store.finish(number)
        }
        #expect(store.take(leaving: 1) == nil)
        #expect(store.freeCount == 1 && store.isShort)
        store.checkInvariants((0..<3).map { (place($0), 100) })
        let sequence = store.sequence(of: place(1))
        store.forget(place(1), 100)
        #expect(store.take(leaving: 1) == 1)
        #expect(store.sequence(of: place(1)) == sequence + 1)
        // Nothing landed in it.
        store.finish(1)
        #expect(store.freeCount == 2)
        store.forgetAll()
        #expect(store.freeCount == 4)
        store.checkInvariants([])
    }

    @Test func `a cluster whose objects go while it is written is free when it was`() {
        let store = BackingStore(on: TestDevice(clusters: 4), wake: WakeFlag())
        #expect(store.take(leaving: 0) == 0)
        store.adopt(place(0, 4), 2000)
        store.forget(place(0, 4), 2000)
        store.checkInvariants([])
        #expect(store.freeCount == 3)
        store.finish(0)
        #expect(store.freeCount == 4)
        store.checkInvariants([])
    }

    @Test func `the emptiest cluster is collected, unless nearly all of it lives`() {
        let store = BackingStore(on: TestDevice(clusters: 8), wake: WakeFlag())
        for (number, objects) in [15, 3, 7].enumerated() {
            #expect(store.take(leaving: 0) == number)
            for object in 0..<objects { store.adopt(place(number, object * 129), 4100) }
            store.finish(number)
        }
        #expect(store.emptiest(but: []) == 1)
        #expect(store.emptiest(but: [1]) == 2)
        #expect(store.emptiest(but: [1, 2]) == nil)
        store.setUnreadable(1)
        #expect(store.emptiest(but: []) == 2)
    }

    @Test func `a full store is worth another try when half a cluster was given up, or one is free`() {
        let store = BackingStore(on: TestDevice(clusters: 4), wake: WakeFlag())
        for number in 0..<4 {
            #expect(store.take(leaving: 0) == number)
            for object in 0..<15 { store.adopt(place(number, object * 129), 4100) }
            store.finish(number)
        }
        store.noteFull()
        store.noteCollecting(isFruitless: true)
        #expect(!store.mayHaveRoomAgain && !store.isWorthCollecting)
        for object in 0..<7 { store.forget(place(0, object * 129), 4100) }
        #expect(!store.mayHaveRoomAgain && !store.isWorthCollecting)
        store.forget(place(1), 4100, isMoved: true)
        #expect(!store.mayHaveRoomAgain && !store.isWorthCollecting)
        store.forget(place(1, 129), 4100)
        #expect(store.mayHaveRoomAgain && store.isWorthCollecting)
        store.noteFull()
        store.noteCollecting(isFruitless: true)
        #expect(!store.mayHaveRoomAgain && !store.isWorthCollecting)
        store.forgetAll()
        #expect(store.mayHaveRoomAgain && store.isWorthCollecting && store.freeCount == 4)
    }

    @Test func `the room of many free clusters goes back to the file system`() {
        let device = TestDevice(clusters: 200)
        let wake = WakeFlag()
        let store = BackingStore(on: device, wake: wake)
        for number in 0..<100 {
            #expect(store.take(leaving: 0) == number)
            store.adopt(place(number), 1)
            store.finish(number)
        }
        for number in 0..<63 { store.forget(place(number), 1) }
        #expect(!wake.isSet)
        store.forget(place(63), 1)
        #expect(wake.take())
        while store.giveBack() {}
        #expect(device.state.withLock { $0.bytesGivenBack } == 48 * 65_536)
        store.checkInvariants((64..<100).map { (place($0), 1) })
        #expect(store.freeCount == 164)
    }

    @Test func `random takes and forgets leave the sums right`() {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        let store = BackingStore(on: TestDevice(clusters: 32), wake: WakeFlag())
        var objects: [(place: UInt64, payload: Int)] = []
        for _ in 0..<2_000 {
            if random.next() % 3 == 0, let number = store.take(leaving: 0) {
                var plan = ClusterPlan()
                for _ in 0..<(random.next() % 40) {
                    let payload = Int.random(in: 1...4100, using: &random)
                    guard let granule = plan.place(payload) else { continue }
                    store.adopt(place(number, granule), payload)
                    objects.append((place(number, granule), payload))
                }
                store.finish(number)
            }
            for _ in 0..<(random.next() % 12) where !objects.isEmpty {
                let object = objects.remove(at: Int(random.next() % UInt64(objects.count)))
                store.forget(object.place, object.payload)
            }
            if random.next() % 16 == 0 { _ = store.giveBack() }
        }
        store.checkInvariants(objects)
    }
}
