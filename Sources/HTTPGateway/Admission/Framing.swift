internal import Bytes
internal import PseudoFS
internal import SystemPackage

/// Where a body ends, decided in one way only: what two parties could read differently is how requests are smuggled.
enum Framing {
    /// How much body is announced.
    ///
    /// - Returns: its bytes; nil where it comes in chunks.
    /// - Throws: EINVAL where the head can be read in two ways.
    static func announced(_ head: borrowing RequestHead) throws(Failure) -> Int? {
        if head.has(.transferEncoding) {
            if head.has(.contentLength) {
                throw Failure(.invalidArgument, "Content-Length and Transfer-Encoding exclude each other")
            }
            guard head.count(.transferEncoding) == 1,
                head.value(.transferEncoding).trimmed.equalsIgnoringCase("chunked")
            else { throw Failure(.invalidArgument, "the only Transfer-Encoding is chunked") }
            return nil
        }
        guard head.has(.contentLength) else { return 0 }
        if head.count(.contentLength) > 1 { throw Failure(.invalidArgument, "Content-Length comes twice") }
        guard let length = number(head.value(.contentLength).trimmed) else {
            throw Failure(.invalidArgument, "Content-Length is a decimal number")
        }
        return length
    }

    /// A decimal number; one that no Int holds comes out as some number beyond every limit.
    private static func number(_ text: Span<UInt8>) -> Int? {
        if text.isEmpty { return nil }
        var value = 0
        for index in text.indices {
            guard text[index] >= 0x30, text[index] <= 0x39 else { return nil }
            let (shifted, over) = value.multipliedReportingOverflow(by: 10)
            let (sum, more) = shifted.addingReportingOverflow(Int(text[index] - 0x30))
            value = over || more ? Int.max / 16 : sum
        }
        return value
    }
}
