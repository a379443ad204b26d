internal import Bytes
internal import Glibc
internal import JITFSTestSupport
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

@Suite struct RingBufferSimulationTests {
    /// The seed to replay, or one of the clock's.
    static var seed: UInt64 {
        if let text = unsafe getenv("SEED") { return unsafe UInt64(String(cString: text)) ?? 1 }
        return TraceClock.monotonic.now()
    }

    @Test func `random operations leave the buffer as arrays of pages would be`() throws {
        let seed = Self.seed
        for round in 0..<12 { try simulate(seed: seed &+ UInt64(round)) }
    }

    private func simulate(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let budget = BufferBudget(limitBytes: 1 << 30)
        let pages = Int.random(in: 2...6, using: &random)
        let ring = RingBuffer(pageCount: pages, overwrites: true, budget: budget)
        try ring.map()
        var model = RingBufferModel(pageCount: pages)
        var time: UInt64 = 1_000_000
        let sizes = [8...40, 8...300, 8...4072].randomElement(using: &random)!
        for step in 0..<600 {
            switch UInt8.random(in: 0..<200, using: &random) {
            case 0..<130: write(&random, sizes, &time, ring, &model)
            case 130..<188: try consume(ring, &model, "SEED=\(seed), step \(step)")
            case 188..<192: compareCursor(ring, model, "SEED=\(seed), step \(step)")
            case 192..<196:
                let count = Int.random(in: 2...7, using: &random)
                try ring.resize(pageCount: count)
                model.resize(count)
            case 196..<197:
                ring.clear()
                model.clear()
            default:
                model.overwrites.toggle()
                ring.setOverwrites(model.overwrites)
            }
            ring.checkInvariants()
            let statistics = ring.statistics(now: time)
            let same =
                statistics.entries == model.all.count && statistics.overrun == model.overrun
                && statistics.droppedEvents == model.dropped && statistics.readEvents == model.consumed
            try #require(same, "SEED=\(seed), step \(step): \(statistics)")
        }
        ring.close()
        #expect(budget.mappedBytes == 0)
    }

    private func write(
        _ random: inout SeededGenerator, _ sizes: ClosedRange<Int>, _ time: inout UInt64, _ ring: RingBuffer,
        _ model: inout RingBufferModel
    ) {
        for _ in 0..<Int.random(in: 1...20, using: &random) {
            var bytes = [UInt8](repeating: 0, count: Int.random(in: sizes, using: &random))
            for index in bytes.indices.prefix(40) { bytes[index] = UInt8.random(in: 0...255, using: &random) }
            switch UInt8.random(in: 0..<20, using: &random) {
            case 0: time += UInt64.random(in: 0..<(1 << 40), using: &random)
            case 1: time -= min(time, UInt64.random(in: 0..<1_000_000, using: &random))
            default: time += UInt64.random(in: 0..<5000, using: &random)
            }
            var common: UInt64 = 0
            for index in (0..<8).reversed() { common = common << 8 | UInt64(bytes[index]) }
            let written = ring.write(timestamp: time, isGiven: true, common: common, payload: bytes.span)
            let expected = model.write(RingBufferModel.Record(timestamp: time, bytes: bytes))
            #expect((written == .written) == expected)
        }
    }

    private func consume(_ ring: RingBuffer, _ model: inout RingBufferModel, _ place: String) throws {
        var payload = ByteBuffer()
        let expected = model.next()
        let pending = ring.pending()
        try #require(pending?.timestamp == expected?.timestamp, "\(place)")
        guard let expected else { return }
        try #require(pending?.lost == UInt64(model.lost), "\(place)")
        #expect(ring.takeLost() == UInt64(model.lost))
        model.lost = 0
        _ = model.consume()
        #expect(ring.consume(into: &payload) == expected.timestamp)
        let same = Self.padded(expected.bytes) == payload.array
        try #require(same, "\(place)")
    }

    private func compareCursor(_ ring: RingBuffer, _ model: RingBufferModel, _ place: String) {
        var cursor = TraceCursor(rings: [ring], ends: [ring.end], firstLane: 0)
        var payload = ByteBuffer()
        var found: [RingBufferModel.Record] = []
        while case .record(let header) = cursor.step(into: &payload) {
            found.append(RingBufferModel.Record(timestamp: header.timestamp, bytes: payload.array))
        }
        let expected = model.all.map { RingBufferModel.Record(timestamp: $0.timestamp, bytes: Self.padded($0.bytes)) }
        let same = found == expected  // not inside #expect, which would print all the bytes
        #expect(same, "\(place): \(found.count) found, \(expected.count) expected")
    }

    private static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
    }
}
