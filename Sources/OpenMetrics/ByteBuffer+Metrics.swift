internal import Bytes

extension ByteBuffer {
    /// Appends a number as both formats have it: the shortest digits that give it back, `+Inf`, `-Inf`, `NaN`.
    mutating func append(metric value: Double) {
        if value.isFinite {
            append(value.description)
        } else if value.isNaN {
            append("NaN")
        } else {
            append(value < 0 ? "-Inf" as StaticString : "+Inf")
        }
    }

    /// Escapes what was appended last: backslashes and newlines, and quotes where they end something.
    ///
    /// - Parameters:
    ///   - start: where it begins.
    ///   - quotes: whether `"` is escaped too.
    mutating func escapeMetric(from start: Int, quotes: Bool) {
        var isPlain = true
        for index in start..<count where Self.needsEscape(span[index], quotes) { isPlain = false }
        if isPlain { return }
        var raw = ByteBuffer(capacity: count - start)
        raw.append(span.extracting(start..<count))
        truncate(to: start)
        for index in 0..<raw.count {
            let byte = raw.span[index]
            if Self.needsEscape(byte, quotes) { append(0x5C) }
            append(byte == 0x0A ? 0x6E : byte)
        }
    }

    private static func needsEscape(_ byte: UInt8, _ quotes: Bool) -> Bool {
        byte == 0x5C || byte == 0x0A || (quotes && byte == 0x22)
    }

    /// Whether what was appended last is a name: letters, digits and underscores, no digit first.
    func isMetricName(from start: Int) -> Bool {
        guard start < count, !(0x30...0x39).contains(span[start]) else { return false }
        for index in start..<count {
            let byte = span[index]
            let isLetter = (0x61...0x7A).contains(byte | 0x20)
            if !isLetter, !(0x30...0x39).contains(byte), byte != 0x5F { return false }
        }
        return true
    }

    /// Whether what was appended last ends so.
    func ends(in suffix: String, from start: Int) -> Bool {
        let length = suffix.utf8.count
        return count - start >= length && span.extracting((count - length)..<count).equals(suffix)
    }
}
