extension Span where Element == UInt8 {
    /// How many bytes from an offset on stand for themselves in a JSON string: no quote, no backslash, no control
    /// character, ASCII. Eight at a time, for nearly all names and paths do to their end.
    ///
    /// - Parameter start: where to begin; at most ``count``.
    /// - Returns: their number; the byte behind them, if there is one, is the first that does not.
    public func plainJSONLength(from start: Int) -> Int {
        unsafe withUnsafeBytes { raw in
            precondition(start >= 0 && start <= raw.count, "outside the bytes")
            let ones: UInt64 = 0x0101_0101_0101_0101
            let tops: UInt64 = 0x8080_8080_8080_8080
            var offset = start
            while offset + 8 <= raw.count {
                let word = unsafe raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
                // A byte's top bit comes out set where it is below 0x20, is a quote or a backslash, or is above 0x7E.
                // A borrow or a carry may mark the bytes after such a one too; the first that is marked is right.
                let quote = word ^ ones &* 0x22
                let backslash = word ^ ones &* 0x5C
                let odd =
                    (word &- ones &* 0x20) | (quote &- ones) | (backslash &- ones) | (word &+ ones) | word
                if odd & tops != 0 { return offset - start + (odd & tops).trailingZeroBitCount / 8 }
                offset += 8
            }
            while offset < raw.count, unsafe Self.isPlain(raw[offset]) { offset += 1 }
            return offset - start
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte &- 0x20 < 0x5F && byte != 0x22 && byte != 0x5C
    }
}
