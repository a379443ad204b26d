import Bytes
import Testing

@Suite struct JSONReaderTests {
    @Test func `a document keeps its members in order and its numbers as written`() throws {
        let text = Array(#" {"a": 18446744073709551615, "b": ["x\u00e9\n", true, null, -1.5e3], "c": {}} "#.utf8)
        let value = try JSONReader.document(text.span)
        #expect(
            value
                == .object([
                    .init(name: "a", value: .number("18446744073709551615")),
                    .init(name: "b", value: .array([.string("xé\n"), .boolean(true), .null, .number("-1.5e3")])),
                    .init(name: "c", value: .object([])),
                ]))
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":1,}", "01", "1.", "-", "tru", "\"\\x\"", "\"\\ud800\"", "{\"a\":1,\"a\":2}", "1 2",
        "\"\u{01}\"", "{a:1}", "[1 2]", "\"abc",
    ])
    func `what is not JSON is refused with an offset inside it`(_ text: String) {
        let bytes = Array(text.utf8)
        #expect {
            try JSONReader.document(bytes.span)
        } throws: { error in
            ((error as? JSONError)?.offset ?? -1) <= bytes.count
        }
    }

    @Test func `nesting is bounded`() {
        let text = Array((String(repeating: "[", count: 100_000)).utf8)
        #expect(throws: JSONError.self) { try JSONReader.document(text.span) }
    }

    @Test func `a surrogate pair is one character`() throws {
        let text = Array(#""\ud83d\ude00""#.utf8)
        #expect(try JSONReader.document(text.span) == .string("😀"))
    }
}
