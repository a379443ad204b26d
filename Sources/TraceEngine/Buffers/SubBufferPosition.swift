/// Where a reader stands on a page: how far it came, and what time it was there.
struct SubBufferPosition: Equatable {
    /// Data bytes behind it.
    var offset = 0
    /// The time of the last record behind it, ns.
    var timestamp: UInt64 = 0

    /// The start of a page.
    init(startOf page: SubBuffer) { timestamp = page.timestamp }

    /// Nowhere.
    init() {}

    /// Goes on behind the next record of data; time stamps and padding on the way are taken.
    ///
    /// - Returns: where its payload stands, padded to four bytes; nil at the end of what is committed.
    @inline(__always)
    mutating func next(in page: SubBuffer) -> Range<Int>? {
        let end = page.used
        while offset < end {
            let head = page.word(at: offset)
            let delta = UInt64(head >> 5)
            switch head & 0x1F {
            case 29:
                offset += 4 + Int(page.word(at: offset + 4))
            case 30:
                timestamp &+= delta | UInt64(page.word(at: offset + 4)) << 27
                offset += 8
            case 31:
                let high = timestamp & ~(RecordStamp.limit - 1)
                timestamp = high | delta | UInt64(page.word(at: offset + 4)) << 27
                offset += 8
            case 0:
                timestamp &+= delta
                let start = offset + 8
                offset += 4 + Int(page.word(at: offset + 4))
                return start..<offset
            case let words:
                timestamp &+= delta
                let start = offset + 4
                offset = start + Int(words) * 4
                return start..<offset
            }
        }
        return nil
    }
}
