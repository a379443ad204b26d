import Bytes
import Testing

@Suite struct ByteBufferTests {
    @Test func `numbers are written as printf would`() {
        var out = ByteBuffer()
        out.append(decimal: -42)
        out.append(0x7C)
        out.append(decimal: Int64.min)
        out.append(0x7C)
        out.append(decimal: UInt64.max)
        out.append(0x7C)
        out.append(decimal: 7, width: 5)
        out.append(0x7C)
        out.append(decimal: -7, width: 5, padding: 0x30)
        out.append(0x7C)
        out.append(hexadecimal: 0xBEEF, width: 8)
        out.append(0x7C)
        out.append(octal: 0o640, width: 4)
        #expect(out.text == "-42|-9223372036854775808|18446744073709551615|    7|-0007|0000beef|0640")
    }

    @Test func `a buffer grows, is truncated, shifted and shrunk without losing what it keeps`() {
        var out = ByteBuffer(capacity: 64)
        for index in 0..<1000 { out.append(decimal: index, width: 4, padding: 0x30) }
        #expect(out.count == 4000)
        out.removeFirst(3992)
        #expect(out.text == "09980999")
        out.truncate(to: 4)
        out.shrink(to: 64)
        #expect(out.capacity == 64)
        #expect(out.text == "0998")
    }

    @Test func `bytes that are not UTF-8 become U+FFFD in JSON`() {
        var out = ByteBuffer()
        let bytes: [UInt8] = [0x61, 0xFF, 0x22, 0x0A, 0x01, 0xC3, 0xA9]
        out.append(jsonString: bytes.span)
        #expect(out.text == "\"a\u{FFFD}\\\"\\n\\u0001é\"")
    }

    @Test func `the hash depends on every byte, the length and the seed`() {
        var seen: Set<UInt64> = []
        for length in 0..<40 {
            for changed in 0...length {
                var bytes = [UInt8](repeating: 0, count: length)
                if changed < length { bytes[changed] = 1 }
                seen.insert(Hash64.of(bytes.span, seed: 1))
            }
        }
        #expect(seen.count == (0..<40).reduce(0) { $0 + $1 + 1 })
        let empty: [UInt8] = []
        #expect(Hash64.of(empty.span, seed: 1) != Hash64.of(empty.span, seed: 2))
    }
}
