internal import JITFSTestSupport
internal import Testing

@testable internal import PagePool

@Suite struct TableEntryTests {
    @Test func `every word but those of top nibble 9 fits an entry`() {
        for nibble in 0..<16 as Range<UInt64> {
            for word in [nibble << 60, nibble << 60 | 1, nibble << 60 | (1 << 60 - 1)] {
                let entry = TableEntry(repeating: word)
                #expect((entry == nil) == (nibble == 9))
                guard let entry else { continue }
                #expect(!entry.isEmpty && !entry.isObject)
                #expect(entry.word == word)
                #expect(entry.storedBytes == 0)
            }
        }
    }

    @Test(arguments: [TableEntry.Kind.compressed, .huge, .same])
    func `an object's place, class and length come out as they went in`(_ kind: TableEntry.Kind) {
        for payload in 0...ClassShape.payloadMax {
            for index in [0, 1, 77, 1 << 31, Int(UInt32.max)] {
                let form = TableEntry.Form(kind: kind, dictionary: UInt8(payload % 256))
                let entry = TableEntry(form, index: index, payload: payload)
                #expect(entry.isObject && !entry.isEmpty)
                #expect(entry.index == index && entry.payload == payload && entry.form == form)
                #expect(entry.classNumber == ClassShape.number(for: payload))
                #expect(entry.moved(to: 5) == TableEntry(form, index: 5, payload: payload))
            }
        }
    }
}
