internal import Bytes
internal import Testing

/// What pages are looked at and filled with.
@Suite struct PageBytesTests {
    private struct Refusal: Error {}

    @Test func `bytes that repeat one word say which`() {
        var page = [UInt8](repeating: 0, count: 4096)
        #expect(page.span.repeatedWord == 0)
        for place in [0, 7, 8, 2000, 4095] {
            page[place] = 1
            #expect(page.span.repeatedWord == nil)
            page[place] = 0
        }
        let words = (0..<64).map { UInt8($0 % 8 + 1) }
        #expect(words.span.repeatedWord == 0x0807_0605_0403_0201)
        for count in [0, 4, 9, 63] { #expect(Array(words[..<count]).span.repeatedWord == nil) }
        #expect(Array(words[..<8]).span.repeatedWord == 0x0807_0605_0403_0201)
    }

    @Test func `a word appended several times is repeated`() {
        var buffer = ByteBuffer(capacity: 64)
        buffer.append(1)
        buffer.append(repeating: 0x0807_0605_0403_0201 as UInt64, times: 20)
        buffer.append(repeating: 7 as UInt64, times: 0)
        let bytes = buffer.array
        #expect(bytes.count == 161)
        #expect(Array(bytes[1...]).span.repeatedWord == 0x0807_0605_0403_0201)
    }

    @Test func `what a closure writes is appended, and nothing where it throws`() throws {
        var buffer = ByteBuffer(capacity: 64)
        buffer.append("ab")
        buffer.append(upTo: 1000) { output in
            output.append(0x63)
            output.append(0x64)
        }
        #expect(buffer.text == "abcd")
        do {
            try buffer.append(upTo: 8) { output throws(Refusal) in
                output.append(0x65)
                throw Refusal()
            }
            Issue.record("it was not thrown")
        } catch {
            #expect(buffer.text == "abcd")
        }
    }

    @Test func `every bit of many bytes changes their hash, and so does their number`() {
        var page = [UInt8](repeating: 0, count: 4096)
        let empty = Hash64.ofMany(page.span, seed: 1)
        #expect(Hash64.ofMany(page.span, seed: 2) != empty)
        var seen: Set<UInt64> = [empty]
        for place in 0..<4096 {
            page[place] = 1 << UInt8(place % 8)
            seen.insert(Hash64.ofMany(page.span, seed: 1))
            page[place] = 0
        }
        for count in 0..<200 { seen.insert(Hash64.ofMany(Array(page[..<count]).span, seed: 1)) }
        #expect(seen.count == 1 + 4096 + 200)
    }

    @Test func `bytes are in the order of dictionaries`() {
        let words: [[UInt8]] = [[], [0], [0, 0], [0, 255], [1], [127], [128], [255, 0]]
        for (index, word) in words.enumerated() {
            for (other, second) in words.enumerated() {
                #expect(word.span.precedes(second.span) == (index < other))
            }
        }
    }
}
