internal import JITFSTestSupport
internal import Testing

@testable internal import SwapReplay

/// What the models stand on, beside what the standard library would do.
@Suite struct StructureTests {
    @Test func `an index gives each number one place, in the order in which they came`() {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        var index = NumberIndex()
        var places: [UInt64: Int] = [:]
        for _ in 0..<20_000 {
            let shift = random.next() % 3 * 20
            let number = random.next() % 10_000 << shift
            if random.next() % 2 == 0 {
                #expect(index.find(number) == places[number], "SEED=\(seed)")
            } else {
                let place = places[number, default: places.count]
                places[number] = place
                #expect(index.place(of: number) == place, "SEED=\(seed)")
            }
        }
        #expect(index.numbers.count == places.count && places.count > 5000, "SEED=\(seed)")
    }

    @Test func `a hand goes round the pages that there are`() {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        var ring = PageRing()
        var pages: Set<UInt32> = []
        for step in 0..<6000 {
            // Sparse and far at first, then dense.
            let page = UInt32(random.next() % (step < 3000 ? 600_000 : 300))
            if random.next() % 3 == 0, let gone = pages.randomElement(using: &random) {
                ring.remove(gone)
                pages.remove(gone)
            } else {
                ring.insert(page)
                pages.insert(page)
            }
            let start = UInt32(random.next() % 700_000)
            let next = pages.filter { $0 >= start }.min() ?? pages.min()
            #expect(ring.next(from: start) == next, "SEED=\(seed)")
        }
        for page in pages { ring.remove(page) }
        #expect(ring.next(from: 0) == nil, "SEED=\(seed)")
    }

    @Test func `a queue keeps its order`() {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        var queue = PageQueue()
        var order: [UInt32] = []
        for _ in 0..<5000 {
            let page = UInt32(random.next() % 40)
            if let place = order.firstIndex(of: page) {
                order.remove(at: place)
                if random.next() % 2 == 0 {
                    queue.remove(page)
                } else {
                    queue.touch(page)
                    order.insert(page, at: 0)
                }
            } else {
                queue.insert(page)
                order.insert(page, at: 0)
            }
            #expect(queue.members() == order && queue.last == order.last, "SEED=\(seed)")
        }
    }

    @Test func `pages and the nodes of their table are counted as they come and go`() {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        var stored = StoredPages()
        var pages: Set<UInt64> = []
        for _ in 0..<5000 {
            let page = (random.next() % 3) << 18 | (random.next() % 4) << 9 | random.next() % 3
            if random.next() % 2 == 0 {
                _ = stored.insert(page)
                pages.insert(page)
            } else if let found = stored.find(page), found.isStored {
                stored.remove(page, slot: found.slot)
                #expect(pages.remove(page) != nil, "SEED=\(seed)")
            } else {
                #expect(!pages.contains(page), "SEED=\(seed)")
            }
            let nodes = Set(pages.map { $0 >> 9 }).count + Set(pages.map { $0 >> 18 }).count
            #expect(stored.nodeCount == nodes && stored.count == pages.count, "SEED=\(seed)")
        }
    }

    @Test func `there are some tens of samples, evenly, however many operations`() {
        for count in [1, 40, 64, 65, 1000, 12_345] as [UInt64] {
            var samples = HeldSamples()
            for number in 1...count where samples.isDue(number) {
                samples.add(
                    ReplaySample(operations: number, time: number, heldBytes: 0, idealBytes: 0, diskBytes: 0))
            }
            let numbers = samples.list.map(\.operations)
            #expect(numbers.count <= 64 && (count < 64 ? numbers.count == count : numbers.count >= 32), "\(count)")
            let interval = numbers[0]
            #expect(numbers == (1...UInt64(numbers.count)).map { $0 * interval }, "\(count)")
            #expect(count - numbers[numbers.count - 1] < interval, "\(count)")
        }
    }

    @Test func `percentiles are right to a sixteenth`() {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        var histogram = DurationHistogram()
        #expect(histogram.percentile(0.5) == 0 && histogram.mean == 0)
        var durations: [UInt64] = []
        for _ in 0..<3000 {
            let shift = random.next() % 64
            durations.append(random.next() >> shift)
            histogram.add(durations[durations.count - 1])
        }
        durations.sort()
        for part in [0.001, 0.25, 0.5, 0.9, 0.99, 1] {
            let exact = durations[Int((part * 3000).rounded(.up)) - 1]
            let told = histogram.percentile(part)
            #expect(told >= exact && told - exact <= exact / 16, "\(part), SEED=\(seed)")
        }
        #expect(histogram.max == durations.last && histogram.count == 3000)
    }
}
