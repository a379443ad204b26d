internal import Bytes

/// Makes lines of what comes in pieces.
struct LineSplitter: ~Copyable {
    /// Bytes of a line that is waited for: more than any event has.
    private static var lineBytesMax: Int { 1 << 20 }
    private var rest = ByteBuffer()

    /// Takes the next bytes, and gives the lines that are whole, without their newlines.
    ///
    /// - Parameters:
    ///   - bytes: the next ones.
    ///   - take: is given each line, and says whether it wants more.
    /// - Returns: whether it wanted more of them.
    /// - Throws: what `take` throws.
    mutating func split(_ bytes: [UInt8], _ take: (Span<UInt8>) throws -> Bool) throws -> Bool {
        let bytes = bytes.span
        var start = 0
        while let end = bytes.firstIndex(of: 0x0A, from: start) {
            let line = bytes.extracting(start..<end)
            start = end + 1
            if rest.isEmpty {
                if try !take(line) { return false }
                continue
            }
            var whole = ByteBuffer()
            swap(&whole, &rest)
            whole.append(line)
            if try !take(whole.span) { return false }
        }
        // What is no line of events anyway is not gathered for ever.
        if rest.count < Self.lineBytesMax { rest.append(bytes.extracting(start..<bytes.count)) }
        return true
    }
}
