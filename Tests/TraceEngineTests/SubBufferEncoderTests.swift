internal import Bytes
internal import JITFSTestSupport
internal import SystemPackage
internal import Testing

@testable internal import TraceEngine

@Suite struct SubBufferEncoderTests {
    @Test func `random records come out of the pages as they went in, whatever the page's size`() throws {
        let seed = RingBufferSimulationTests.seed
        for (round, size) in [4096, 4096, 8192, 65_536, 524_288].enumerated() {
            var random = SeededGenerator(seed: seed &+ UInt64(round))
            let encoder = SubBufferEncoder(size: size)
            var out = ByteBuffer()
            var time: UInt64 = 1_000_000
            var expected: [KernelPageReader.Record] = []
            for _ in 0..<3000 {
                let payload = (0..<(Int.random(in: 2...200, using: &random) * 4)).map { _ in
                    UInt8.random(in: 0...255, using: &random)
                }
                switch UInt8.random(in: 0..<20, using: &random) {
                case 0: time += UInt64.random(in: 1 << 27..<1 << 40, using: &random)
                case 1: time -= min(time, UInt64.random(in: 0..<5000, using: &random))
                default: time += UInt64.random(in: 0..<100_000, using: &random)
                }
                expected.append(KernelPageReader.Record(timestamp: time, payload: payload))
                if encoder.append(payload.span, at: time) { continue }
                #expect(!encoder.isEmpty)
                encoder.take(into: &out)
                let fits = encoder.append(payload.span, at: time)
                #expect(fits)
            }
            encoder.take(into: &out)
            let pages = try #require(KernelPageReader.pages(out.array, size: size), "SEED=\(seed)")
            #expect(pages.flatMap(\.records) == expected, "SEED=\(seed), size \(size)")
            #expect(pages.allSatisfy { !$0.isLossy })
        }
    }

    @Test func `one marker makes the page that Linux made`() throws {
        // Recorded from Linux 6.18: time, 28 bytes, a record of 6 words, type 5, pid, ip, the text and its newline.
        let recorded: [UInt8] = [
            0xE7, 0x88, 0xF2, 0xB5, 0xEE, 1, 0, 0, 0x1C, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 5, 0, 0, 1, 0x4A, 0x26, 0, 0,
            0x1A, 0x8B, 0x49, 0x81, 0xFF, 0xFF, 0xFF, 0xFF, 0x68, 0x65, 0x6C, 0x6C, 0x6F, 0x0A, 0, 0,
        ]
        let encoder = SubBufferEncoder()
        var out = ByteBuffer()
        let fits = encoder.append(recorded.span.extracting(20..<44), at: 0x1_EEB5_F288_E7)
        #expect(fits)
        encoder.take(into: &out)
        #expect(out.array == recorded + [UInt8](repeating: 0, count: 4096 - recorded.count))
    }

    private func append(_ payload: [UInt8], _ time: UInt64, to encoder: SubBufferEncoder) {
        let fits = encoder.append(payload.span, at: time)
        #expect(fits)
    }

    @Test func `what was lost before a page is counted behind its records where there is room`() throws {
        let encoder = SubBufferEncoder()
        var out = ByteBuffer()
        let small = [UInt8](repeating: 7, count: 16)
        encoder.markLost(0)
        append(small, 5, to: encoder)
        encoder.take(into: &out)
        encoder.markLost(77)
        encoder.markLost(3)
        append(small, 6, to: encoder)
        encoder.take(into: &out)
        encoder.markLost(9)
        append([UInt8](repeating: 7, count: 4072), 7, to: encoder)
        encoder.take(into: &out)
        encoder.markLost(9)
        encoder.markLost(nil)
        append(small, 8, to: encoder)
        encoder.take(into: &out)
        let pages = try #require(KernelPageReader.pages(out.array, size: 4096))
        #expect(pages.map(\.isLossy) == [false, true, true, true])
        #expect(pages.map(\.lost) == [nil, 80, nil, nil])
        #expect(pages.map(\.records.count) == [1, 1, 1, 1])
    }

    @Test func `a lane's pages hold what a cursor reads, and say what was overwritten`() throws {
        let fixture = TraceFixture()
        let instance = try fixture.engine.createInstance(name: "conf")
        try instance.setBufferKilobytes(8)
        for index in 0..<2000 { try fixture.mark("m\(index)", in: instance) }
        var pages = try instance.makePages(lane: 0)
        #expect(pages.size == 4096)
        var out = ByteBuffer()
        while pages.next(into: &out) {}
        let read = try #require(KernelPageReader.pages(out.array, size: 4096))
        let texts = read.flatMap(\.records).map { record in
            String(decoding: record.payload[16...].prefix { $0 != 0x0A }, as: UTF8.self)
        }
        #expect(texts == (try fixture.read(instance)))
        let kept = UInt64(texts.count)
        #expect(read.first?.lost == 2000 - kept)
        #expect(read.dropFirst().allSatisfy { !$0.isLossy })
        #expect(instance.entryCounts.inBuffer == kept)
        var none = try instance.makePages(lane: 1)
        let hasMore = none.next(into: &out)
        #expect(!hasMore)
    }
}
