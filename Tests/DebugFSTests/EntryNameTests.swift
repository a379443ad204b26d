internal import Bytes
internal import Testing

@testable internal import DebugFS

@Suite struct EntryNameTests {
    @Test func `a name takes 24 bytes in its entry`() { #expect(MemoryLayout<EntryName>.size == 24) }

    @Test(arguments: ["", "a", "orders", String(repeating: "x", count: 22), String(repeating: "y", count: 23), "ä/ü"])
    func `a name is what it was made of`(_ text: String) {
        let name = EntryName(text.utf8Span.span)
        let longer = text + "z"
        #expect(name.string == text)
        let (isSame, isLonger) = (name.equals(text.utf8Span.span), name.equals(longer.utf8Span.span))
        #expect(isSame && !isLonger)
        let (isBehind, isBefore) = (name.precedes(text.utf8Span.span), name.precedes(longer.utf8Span.span))
        #expect(isBefore && !isBehind)
    }
}
