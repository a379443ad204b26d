internal import Bytes
internal import JITFSTestSupport
internal import Testing

@testable internal import TraceEngine

/// What can be read twice, and what is said of that which went.
@Suite struct TraceExtentTests {
    let fixture = TraceFixture()
    let instance: TraceInstance

    init() throws {
        instance = try fixture.engine.createInstance(name: "conf")
        try instance.setBufferKilobytes(8)
    }

    /// The numbers of the markers that a cursor reads, and how many it says are lost.
    private func read(_ cursor: consuming TraceCursor, upTo countMax: Int = .max) -> (numbers: [Int], lost: Int) {
        var cursor = cursor
        var payload = ByteBuffer()
        var numbers: [Int] = []
        var lost = 0
        while numbers.count < countMax {
            switch cursor.step(into: &payload) {
            case .record: numbers.append(Int(TraceFixture.text(payload)) ?? -1)
            case .lost(_, let count): lost += Int(count)
            case .empty, .ended: return (numbers, lost)
            }
        }
        return (numbers, lost)
    }

    @Test func `two cursors end at the same record, whatever is written after`() throws {
        for number in 0..<50 { try fixture.mark("\(number)", in: instance, lane: number % 2) }
        let extent = try instance.makeExtent()
        #expect(extent.lanes == 0..<2)
        for number in 50..<70 { try fixture.mark("\(number)", in: instance) }
        #expect(read(extent.makeCursor()).numbers == Array(0..<50))
        #expect(read(extent.makeCursor(lane: 1)).numbers == stride(from: 1, to: 50, by: 2).map { $0 })
        #expect(read(try instance.makeCursor()).numbers.count == 70)
    }

    @Test func `an untouched instance has no lanes, and nothing to read`() throws {
        let extent = try instance.makeExtent(lane: 1)
        #expect(extent.lanes == 1..<2)
        let other = try fixture.engine.createInstance(name: "untouched")
        #expect(try other.makeExtent().lanes.isEmpty)
        #expect(read(try other.makeExtent().makeCursor(tellsLosses: true)).numbers.isEmpty)
    }

    @Test func `only who asks for them is told of losses`() throws {
        for number in 0..<2000 { try fixture.mark("\(number)", in: instance) }
        let extent = try instance.makeExtent()
        let silent = read(extent.makeCursor())
        let told = read(extent.makeCursor(tellsLosses: true))
        #expect(silent.lost == 0 && told.lost > 0)
        #expect(silent.numbers == told.numbers)
        #expect(told.lost + told.numbers.count == 2000)
    }

    @Test(arguments: 0..<30 as Range<UInt64>)
    func `what writers and a pipe take away while a cursor reads is counted`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let pipe = try instance.openPipe()
        var payload = ByteBuffer()
        var number = 0
        // The highest number that a pipe took or was told of: what a cursor reads begins behind it.
        func write(_ count: Int) throws {
            for _ in 0..<count {
                try fixture.mark("\(number)", in: instance)
                number += 1
            }
        }
        try write(Int.random(in: 1...1500, using: &random))
        for _ in 0..<Int.random(in: 0...200, using: &random) { _ = pipe.step(into: &payload) }
        try write(Int.random(in: 0...600, using: &random))

        let end = number
        var cursor = try instance.makeExtent().makeCursor(tellsLosses: true)
        var found: [Int] = []
        var gaps = 0
        var lost = 0
        var isFirst = true
        reading: while true {
            switch cursor.step(into: &payload) {
            case .lost(_, let count):
                lost += Int(count)
                if isFirst { gaps += Int(count) }
            case .record:
                let next = try #require(Int(TraceFixture.text(payload)))
                if let last = found.last { gaps += next - last - 1 }
                found.append(next)
                isFirst = false
            case .empty, .ended: break reading
            }
            if Int.random(in: 0..<40, using: &random) == 0 { try write(Int.random(in: 0...300, using: &random)) }
        }
        #expect(found == found.sorted() && found.allSatisfy { $0 < end }, "seed \(seed)")
        #expect(lost == gaps, "seed \(seed): \(lost) told, \(gaps) missing")
        instance.checkInvariants()
        pipe.close()
    }
}
