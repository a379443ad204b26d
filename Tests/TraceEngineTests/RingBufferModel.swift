/// A ring buffer as arrays of pages of records: slow, and plainly right.
struct RingBufferModel {
    struct Record: Equatable {
        var timestamp: UInt64
        var bytes: [UInt8]
    }

    struct Page {
        var records: [Record] = []
        var used = 0
        var lastTimestamp: UInt64 = 0
    }

    var pageCount: Int
    var overwrites = true
    var ring: [Page] = [Page()]
    var reader = Page()
    var readerNext = 0
    var writesReader = false
    var overrun = 0
    var dropped = 0
    var consumed = 0
    var overrunSeen = 0
    var lost = 0

    init(pageCount: Int) { self.pageCount = pageCount }

    var all: [Record] { Array(reader.records[readerNext...]) + ring.flatMap(\.records) }

    private static func size(_ record: Record) -> Int {
        let rounded = (record.bytes.count + 3) / 4 * 4
        return rounded + (rounded > 112 ? 8 : 4)
    }

    mutating func write(_ record: Record) -> Bool {
        let page = writesReader ? reader : ring[ring.count - 1]
        var extra = 0
        if page.used > 0 {
            let back = record.timestamp < page.lastTimestamp
            extra = back || record.timestamp - page.lastTimestamp >= 1 << 27 ? 8 : 0
        }
        if page.used + extra + Self.size(record) > 4080 {
            if 4080 - page.used >= 8 {
                if writesReader { reader.used = 4080 } else { ring[ring.count - 1].used = 4080 }
            }
            if ring.count == pageCount {
                if !overwrites {
                    dropped += 1
                    return false
                }
                overrun += ring.removeFirst().records.count
            }
            ring.append(Page())
            writesReader = false
            extra = 0
        }
        let size = Self.size(record) + extra
        if writesReader {
            Self.append(record, size, to: &reader)
        } else {
            Self.append(record, size, to: &ring[ring.count - 1])
        }
        return true
    }

    private static func append(_ record: Record, _ size: Int, to page: inout Page) {
        page.records.append(record)
        page.used += size
        page.lastTimestamp = record.timestamp
    }

    mutating func next() -> Record? {
        while readerNext == reader.records.count {
            if all.isEmpty || writesReader { return nil }
            reader = ring.removeFirst()
            readerNext = 0
            writesReader = ring.isEmpty
            if overrun != overrunSeen {
                lost = overrun - overrunSeen
                overrunSeen = overrun
            }
        }
        return reader.records[readerNext]
    }

    mutating func consume() -> Record? {
        guard let record = next() else { return nil }
        readerNext += 1
        consumed += 1
        return record
    }

    mutating func clear() {
        let (count, overwrites) = (pageCount, overwrites)
        self = RingBufferModel(pageCount: count)
        self.overwrites = overwrites
    }

    mutating func resize(_ count: Int) {
        pageCount = count
        while ring.count > count { overrun += ring.removeFirst().records.count }
    }
}
