/// Reads the kernel's sub-buffers as libtraceevent's kbuffer does, and shares nothing with what makes them.
struct KernelPageReader {
    struct Record: Equatable {
        var timestamp: UInt64
        var payload: [UInt8]
    }

    struct Page: Equatable {
        var records: [Record] = []
        /// Whether records were lost before it, and how many where it says so.
        var isLossy = false
        var lost: UInt64?
    }

    /// Reads bytes of whole pages; nil where they are not well-formed.
    static func pages(_ bytes: [UInt8], size: Int) -> [Page]? {
        guard bytes.count % size == 0 else { return nil }
        var pages: [Page] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            guard let page = page([UInt8](bytes[start..<(start + size)])) else { return nil }
            pages.append(page)
        }
        return pages
    }

    private static func page(_ bytes: [UInt8]) -> Page? {
        var time = number(bytes, 0, 8)
        let commit = number(bytes, 8, 8)
        let used = Int(commit & 0xF_FFFF)
        guard commit >> 32 == 0, 16 + used <= bytes.count else { return nil }
        var page = Page()
        page.isLossy = commit & 1 << 31 != 0
        if commit & 1 << 30 != 0 {
            guard page.isLossy, 16 + used + 8 <= bytes.count else { return nil }
            page.lost = number(bytes, 16 + used, 8)
        }
        var offset = 16
        while offset < 16 + used {
            let head = number(bytes, offset, 4)
            let delta = head >> 5
            var length: Int
            var skipped = 4
            switch head & 31 {
            case 30:
                time += delta + number(bytes, offset + 4, 4) << 27
                offset += 8
                continue
            case 31:
                time = delta + number(bytes, offset + 4, 4) << 27
                offset += 8
                continue
            case 29: return nil
            case 0:
                length = Int(number(bytes, offset + 4, 4)) - 4
                skipped = 8
            case let words: length = Int(words) * 4
            }
            time += delta
            offset += skipped
            guard length > 0, offset + length <= 16 + used else { return nil }
            page.records.append(Record(timestamp: time, payload: [UInt8](bytes[offset..<(offset + length)])))
            offset += length
        }
        return page
    }

    private static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> UInt64 {
        (0..<count).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64($1 * 8) }
    }
}
