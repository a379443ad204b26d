internal import Bytes
internal import JITFSTestSupport
internal import Testing

@testable internal import PagePool

@Suite struct ClusterTests {
    /// Places objects and traps where two overlap or one crosses a block that could do without.
    private func fill(_ payloads: some Sequence<Int>) -> (placed: [Int], bytes: Int) {
        var plan = ClusterPlan()
        var taken = Set<Int>()
        var placed: [Int] = []
        var bytes = 0
        for payload in payloads {
            guard let place = plan.place(payload) else { continue }
            let granules = ClusterShape.granules(for: payload)
            for granule in place..<(place + granules) {
                #expect(taken.insert(granule).inserted)
                #expect(granule < ClusterShape.granules)
            }
            let blocks = Set([place / 128, (place + granules - 1) / 128])
            #expect(blocks.count <= ClusterShape.blocks(for: payload))
            placed.append(payload)
            bytes += payload + 4
        }
        #expect(plan.count == placed.count && plan.usedGranules >= taken.count)
        // The directory has what is left.
        let directory = (16 + plan.count * 8 + 31) / 32
        #expect(taken.allSatisfy { $0 < ClusterShape.granules - directory })
        return (placed, bytes)
    }

    @Test func `no object but a huge page crosses a block, and none another, whatever comes`() {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let longest = Int.random(in: 1...4100, using: &random)
            let payloads = (0..<600).map { _ in
                random.next() % 8 == 0 ? 4100 : Int.random(in: 1...longest, using: &random)
            }
            let (placed, bytes) = fill(random.next() % 2 == 0 ? payloads : payloads.sorted(by: >))
            #expect(placed.count > 13 && (longest < 300 || bytes > 30_000), "SEED=\(seed)")
        }
    }

    @Test func `fifteen huge pages fit, and hundreds of the smallest objects`() {
        #expect(fill(Array(repeating: 4100, count: 20)).placed.count == 15)
        #expect(fill(Array(repeating: 1, count: 3_000)).placed.count == 510)
        #expect(fill(Array(repeating: 4092, count: 20)).placed.count == 15)
    }

    @Test func `mixed pages, the longest first, fill more than nine tenths`() {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        // As zstd makes them: about a thousand bytes, a few of them much more.
        let payloads = (0..<70).map { _ in
            random.next() % 24 == 0
                ? Int.random(in: 2048...4000, using: &random) : Int.random(in: 300...1700, using: &random)
        }
        let (_, bytes) = fill(payloads.sorted(by: >))
        #expect(bytes > 65_536 * 9 / 10, "SEED=\(seed)")
    }

    @Test func `a cluster says what is where, and a damaged directory is none`() {
        var builder = ClusterBuilder()
        var rows: [ClusterBuilder.Row] = []
        for (page, payload) in [(7, 100), (1 << 31, 4100), (0, 1), (9, 2000)] as [(UInt64, Int)] {
            guard let place = builder.place(payload) else { Issue.record("no place"); return }
            let row = ClusterBuilder.Row(page: page, place: place, payload: payload)
            builder.fill(row, Array(repeating: UInt8(truncatingIfNeeded: page) | 1, count: payload).span)
            rows.append(row)
        }
        builder.seal()
        #expect(ClusterBuilder.rows(of: builder.buffer) == rows)
        for place in [65_535, 65_528, 65_527, 65_520, 65_519, 65_500] {
            let byte = builder.buffer.load(UInt8.self, at: place)
            builder.buffer.store(byte ^ 1, at: place)
            #expect(ClusterBuilder.rows(of: builder.buffer) == nil)
            builder.buffer.store(byte, at: place)
        }
        builder.clear()
        builder.seal()
        #expect(ClusterBuilder.rows(of: builder.buffer) == [])
        builder.buffer.clear()
        #expect(ClusterBuilder.rows(of: builder.buffer) == nil)
    }
}
