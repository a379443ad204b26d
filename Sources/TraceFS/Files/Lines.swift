internal import Bytes
internal import PseudoFS

/// A body of which lines are taken one by one.
enum Lines {
    /// Takes the lines in order, trimmed; empty ones count as lines but are not taken.
    ///
    /// - Parameters:
    ///   - bytes: the body.
    ///   - take: takes one.
    /// - Throws: what `take` refused, with the number of that line, the first being 1, and how many were taken before.
    static func forEach(in bytes: Span<UInt8>, _ take: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
        var number = 0
        var written = 0
        var start = 0
        while start < bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != 0x0A { end += 1 }
            let line = bytes.extracting(start..<end).trimmed
            number += 1
            start = end + 1
            if line.isEmpty { continue }
            do throws(Failure) {
                try take(line)
            } catch {
                throw Failure(error.errno, error.reason, subject: error.subject, line: number, written: written)
            }
            written += 1
        }
    }

    /// Whether a write does nothing but take away: each of its words or lines begins with a mark that says so, or it has
    /// none at all, which is a truncation.
    ///
    /// - Parameters:
    ///   - bytes: the body.
    ///   - marks: what a removal begins with.
    ///   - separators: what stands between the words; a newline where they are lines.
    /// - Returns: false where anything in it may add something.
    static func onlyRemove(_ bytes: Span<UInt8>, marks: [UInt8], separators: [UInt8] = [0x0A]) -> Bool {
        var isAtStart = true
        for index in bytes.indices {
            let byte = bytes[index]
            if separators.contains(byte) {
                isAtStart = true
            } else if isAtStart, byte != 0x20, byte != 0x09, byte != 0x0D {
                if !marks.contains(byte) { return false }
                isAtStart = false
            }
        }
        return true
    }
}
