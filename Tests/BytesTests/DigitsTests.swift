internal import Bytes
internal import JITFSTestSupport
internal import Testing

/// Digits written two at a time, beside those that the standard library writes.
struct DigitsTests {
    private func digits(_ value: UInt64, isNegative: Bool = false, width: Int = 0, zeroes: Bool = false) -> String {
        var out = ByteBuffer(capacity: 64)
        out.append("x")
        out.append(digits: value, isNegative: isNegative, width: width, zeroes: zeroes)
        return String(out.text.dropFirst())
    }

    @Test func `numbers of every length are written, at both ends of each`() {
        var power: UInt64 = 1
        for length in 1...20 {
            for value in [power - 1, power, power + 1, power / 7 * 9] { #expect(digits(value) == String(value)) }
            if length < 20 { power *= 10 }
        }
        #expect(digits(.max) == "18446744073709551615")
    }

    @Test func `any number is written`() {
        var random = SeededGenerator(seed: 11)
        for _ in 0..<10_000 {
            let value = UInt64.random(in: .min ... .max, using: &random) >> UInt64.random(in: 0...63, using: &random)
            let text = digits(value)
            #expect(text == String(value), "\(value)")
        }
    }

    @Test func `a width is filled, before the sign or behind it`() {
        #expect(digits(42, width: 5) == "   42")
        #expect(digits(42, isNegative: true, width: 5) == "  -42")
        #expect(digits(42, isNegative: true, width: 5, zeroes: true) == "-0042")
        #expect(digits(123_456, width: 3) == "123456")
        #expect(digits(0, width: 3, zeroes: true) == "000")
        #expect(digits(7, width: 300).utf8.count == 300)
    }

    @Test func `signed numbers are written`() {
        for value in [Int64.min, -1, 0, 1, .max] {
            var out = ByteBuffer()
            out.append(signed: value)
            #expect(out.text == String(value))
        }
    }
}
