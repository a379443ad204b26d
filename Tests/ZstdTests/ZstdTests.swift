internal import Testing
internal import Zstd

struct ZstdTests {
    /// `printf hello | zstd -q | od`: a frame with a checksum.
    private let hello: [UInt8] = [
        0x28, 0xB5, 0x2F, 0xFD, 0x04, 0x58, 0x29, 0x00, 0x00, 0x68, 0x65, 0x6C, 0x6C, 0x6F,
        0xA3, 0x6D, 0x9F, 0x88,
    ]

    @Test func `a frame unpacks to what was packed`() throws {
        #expect(try Zstd.decompress(hello, limit: 5) == Array("hello".utf8))
    }

    @Test func `no bytes unpack to none`() throws {
        #expect(try Zstd.decompress([], limit: 0) == [])
    }

    @Test func `frames one behind the other unpack to one text`() throws {
        // A skippable frame of three bytes stands between them.
        let skippable: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]
        #expect(try Zstd.decompress(hello + skippable + hello, limit: 100) == Array("hellohello".utf8))
    }

    @Test func `every truncation is an error`() {
        for count in 1..<hello.count {
            #expect(throws: ZstdError.self) { try Zstd.decompress(Array(hello[..<count]), limit: 100) }
        }
    }

    @Test func `a flipped bit is an error with the words of the library`() {
        var damaged = hello
        damaged[damaged.count - 1] ^= 1
        #expect(throws: ZstdError(reason: "Restored data doesn't match checksum", offset: 0)) {
            try Zstd.decompress(damaged, limit: 100)
        }
        #expect(throws: ZstdError(reason: "Unknown frame descriptor", offset: 0)) {
            try Zstd.decompress(Array("not zstd".utf8), limit: 100)
        }
    }

    @Test func `more than the limit is refused before it is held`() throws {
        #expect(throws: ZstdError.self) { try Zstd.decompress(hello, limit: 4) }
        // 1 MiB of zeroes, packed to a few bytes.
        let zeroes: [UInt8] = [
            0x28, 0xB5, 0x2F, 0xFD, 0x04, 0x58, 0x54, 0x00, 0x00, 0x10, 0x00, 0x00, 0x01, 0x00,
            0xFB, 0xFF, 0x39, 0xC0, 0x02, 0x02, 0x00, 0x10, 0x00, 0x02, 0x00, 0x10, 0x00, 0x02,
            0x00, 0x10, 0x00, 0x02, 0x00, 0x10, 0x00, 0x02, 0x00, 0x10, 0x00, 0x02, 0x00, 0x10,
            0x00, 0x03, 0x00, 0x10, 0x00, 0xF1, 0x3E, 0x16, 0xE1,
        ]
        #expect(try Zstd.decompress(zeroes, limit: 1 << 20).count == 1 << 20)
        #expect(throws: ZstdError.self) { try Zstd.decompress(zeroes, limit: (1 << 20) - 1) }
    }
}
