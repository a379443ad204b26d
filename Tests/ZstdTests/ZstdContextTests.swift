internal import Bytes
internal import JITFSTestSupport
internal import Testing

@testable internal import Zstd

@Suite struct ZstdContextTests {
    private let pages = RealPages()

    @Test(arguments: [ZstdFrame.plain, .bare])
    func `what is packed at any level unpacks, with one pair of contexts`(_ kind: ZstdFrame) throws {
        var compressor = try ZstdCompressor(kind)
        var decompressor = try ZstdDecompressor(kind)
        var frame = ByteBuffer()
        var out = ByteBuffer()
        for (number, level) in [1, 3, -7, 22, 1, 12].enumerated() {
            let page = pages.page(number * 190)
            frame.removeAll()
            out.removeAll()
            out.append("before")
            try compressor.compress(page.span, level: level, into: &frame)
            #expect(frame.array.count < 4096)
            try decompressor.decompress(frame.span, sizeMax: 4096, into: &out)
            #expect(out.array == Array("before".utf8) + page)
        }
    }

    @Test func `a bare frame is five bytes less and a checksum of four more`() throws {
        var plain = try ZstdCompressor(.plain)
        var bare = try ZstdCompressor(.bare)
        for number in stride(from: 0, to: pages.count, by: 50) {
            var large = ByteBuffer()
            var small = ByteBuffer()
            let page = pages.page(number)
            try plain.compress(page.span, level: 1, into: &large)
            try bare.compress(page.span, level: 1, into: &small)
            #expect(small.array.count == large.array.count - 1)
            #expect(Array(large.array[..<4]) == [0x28, 0xB5, 0x2F, 0xFD])
        }
    }

    @Test func `a plain frame is what files are made of`() throws {
        var compressor = try ZstdCompressor(.plain)
        var frame = ByteBuffer()
        let page = pages.page(3)
        try compressor.compress(page.span, level: 1, into: &frame)
        #expect(try Zstd.decompress(frame.span, limit: 4096) == page)
    }

    @Test func `nothing packs and unpacks`() throws {
        var compressor = try ZstdCompressor(.bare)
        var decompressor = try ZstdDecompressor(.bare)
        let nothing: [UInt8] = []
        var frame = ByteBuffer()
        var out = ByteBuffer()
        try compressor.compress(nothing.span, level: 1, into: &frame)
        try decompressor.decompress(frame.span, sizeMax: 0, into: &out)
        #expect(out.array == [])
    }

    @Test func `a frame that is damaged, cut short or too large is an error, and nothing is appended`() throws {
        var compressor = try ZstdCompressor(.bare)
        var decompressor = try ZstdDecompressor(.bare)
        var frame = ByteBuffer()
        let page = pages.page(500)
        try compressor.compress(page.span, level: 1, into: &frame)
        let bytes = frame.array
        var out = ByteBuffer()
        for count in stride(from: 0, to: bytes.count, by: 7) {
            let cut = Array(bytes[..<count])
            if count == 0 {
                // No frame at all is no error of the library's, and no page.
                try decompressor.decompress(cut.span, sizeMax: 4096, into: &out)
            } else {
                #expect(throws: ZstdError.self) {
                    try decompressor.decompress(cut.span, sizeMax: 4096, into: &out)
                }
            }
            #expect(out.array == [])
        }
        for place in bytes.indices {
            for bit in [1, 0x10, 0x80] as [UInt8] {
                var damaged = bytes
                damaged[place] ^= bit
                // A bit of the header that nothing depends on may be flipped, and the bytes are right all the same.
                do {
                    try decompressor.decompress(damaged.span, sizeMax: 4096, into: &out)
                    #expect(out.array == page)
                    out.removeAll()
                } catch {
                    #expect(out.array == [])
                }
            }
        }
        #expect(throws: ZstdError.self) { try decompressor.decompress(bytes.span, sizeMax: 4095, into: &out) }
        try decompressor.decompress(bytes.span, sizeMax: 4096, into: &out)
        #expect(out.array == page)
    }
}
