internal import Bytes
internal import JITFSTestSupport
internal import Testing

internal import Zstd

@Suite struct ZstdDictionaryTests {
    private let pages = RealPages()

    /// A dictionary's content, trained on every fifth page.
    private func content(bytesMax: Int = 16 << 10) throws(ZstdError) -> [UInt8] {
        var sample = ByteBuffer()
        for number in stride(from: 0, to: pages.count, by: 5) {
            let page = pages.page(number)
            sample.append(page.span)
        }
        return try ZstdDictionary.train(on: sample.span, sampleBytes: 4096, bytesMax: bytesMax)
    }

    @Test(arguments: [ZstdDictionary.Kind.raw, .full], [ZstdFrame.bare, .plain])
    func `what is packed with a dictionary unpacks with it, bit for bit`(
        _ kind: ZstdDictionary.Kind, _ frames: ZstdFrame
    ) throws {
        let content = try content()
        let dictionaries = try [1, 3, -1, 12].map { level in
            try ZstdDictionary(content.span, kind: kind, level: level, sizeHint: 4096)
        }
        var compressor = try ZstdCompressor(frames)
        var decompressor = try ZstdDecompressor(frames)
        var frame = ByteBuffer()
        var out = ByteBuffer()
        for number in 0..<pages.count {
            // With one, with another, with none, in turns, and what was packed at a level unpacks with that of another.
            let page = pages.page(number)
            let turn = number % 5
            frame.removeAll()
            out.removeAll()
            try compressor.compress(
                page.span, level: 1, dictionary: turn == 4 ? nil : dictionaries[turn], into: &frame)
            try decompressor.decompress(
                frame.span, dictionary: turn == 4 ? nil : dictionaries[(turn + 1) % 4], sizeMax: 4096, into: &out)
            #expect(out.array == page, "page \(number)")
        }
    }

    @Test func `a raw dictionary makes pages smaller that it was not trained on`() throws {
        let content = try content()
        let dictionary = try ZstdDictionary(content.span, kind: .raw, level: 1, sizeHint: 4096)
        var compressor = try ZstdCompressor(.bare)
        var with = ByteBuffer()
        var without = ByteBuffer()
        for number in 0..<pages.count where number % 5 != 0 {
            let page = pages.page(number)
            try compressor.compress(page.span, level: 1, into: &without)
            try compressor.compress(page.span, level: 1, dictionary: dictionary, into: &with)
        }
        #expect(with.array.count < without.array.count)
    }

    @Test func `another dictionary, or none, is an error and never other bytes`() throws {
        let content = try content()
        let dictionary = try ZstdDictionary(content.span, kind: .raw, level: 1, sizeHint: 4096)
        let other = try ZstdDictionary(content.reversed().span, kind: .raw, level: 1, sizeHint: 4096)
        var compressor = try ZstdCompressor(.bare)
        var decompressor = try ZstdDecompressor(.bare)
        var frame = ByteBuffer()
        var out = ByteBuffer()
        var refused = 0
        for number in stride(from: 1, to: pages.count, by: 7) {
            let page = pages.page(number)
            frame.removeAll()
            try compressor.compress(page.span, level: 1, dictionary: dictionary, into: &frame)
            for wrong in [other, nil] {
                out.removeAll()
                // A page may have nothing of the dictionary.
                do {
                    try decompressor.decompress(frame.span, dictionary: wrong, sizeMax: 4096, into: &out)
                    #expect(out.array == page)
                } catch {
                    refused += 1
                    #expect(out.array == [])
                }
            }
        }
        #expect(refused > 100)
    }

    @Test func `a dictionary tells what it is and takes`() throws {
        let content = try content()
        #expect(content.count > 8 << 10 && content.count <= 16 << 10)
        let dictionary = try ZstdDictionary(content.span, kind: .full, level: 1, sizeHint: 4096)
        #expect(dictionary.content == content && dictionary.kind == .full && dictionary.level == 1)
        #expect(dictionary.memoryBytes > content.count && dictionary.memoryBytes < 128 << 10)
    }

    @Test func `what is no dictionary, and too little to train on, is refused`() throws {
        // A full dictionary's magic number and nothing that follows from it.
        let torn = [0x37, 0xA4, 0x30, 0xEC] + [UInt8](repeating: 0xFF, count: 60)
        #expect(throws: ZstdError.self) { try ZstdDictionary(torn.span, kind: .full, level: 1, sizeHint: 4096) }
        let few = pages.page(0)
        #expect(throws: ZstdError.self) {
            try ZstdDictionary.train(on: few.span, sampleBytes: 4096, bytesMax: 16 << 10)
        }
        #expect(throws: ZstdError.self) {
            try ZstdDictionary.train(on: [UInt8]().span, sampleBytes: 4096, bytesMax: 16 << 10)
        }
    }
}
