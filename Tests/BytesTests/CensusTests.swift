import Bytes
import JITFSTestSupport
import Testing

@Suite struct CensusTests {
    @Test func `every eighth of the bytes is counted, a word of every eight`() {
        let seed = Seed.next()
        var random = SeededGenerator(seed: seed)
        for count in [0, 7, 8, 63, 64, 71, 72, 500, 4096] {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            var expected = SIMD16<UInt16>()
            for start in stride(from: 0, to: count, by: 64) where start + 8 <= count {
                for byte in bytes[start..<(start + 8)] { expected[Int(byte >> 4)] += 1 }
            }
            let census = bytes.span.census
            #expect(census == expected, "SEED=\(seed)")
        }
    }
}
