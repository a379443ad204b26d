internal import Synchronization

/// Many operations on pages in one body, read and checked as a whole.
///
/// ```swift
/// let batch = try pools.batch(body.span, for: pool)
/// try pool.apply(batch, into: &reply)
/// ```
/// A record is a header of 16 bytes, little-endian, `operation u8` (`P`, `G` or `D`), `flags u8` (0), `reserved u16`
/// (0), `count u32`, `first page u64`, and for `P` then `count` pages. Reading costs some nanoseconds a record; nothing is
/// copied.
public struct PageBatch: ~Escapable {
    /// What is wrong with a batch of which therefore nothing was done.
    public struct Mistake: Error, Equatable {
        /// What it can be.
        public enum Kind: Sendable, Equatable {
            /// There is no record at all.
            case empty
            /// The body ends within a record.
            case truncated
            /// The operation is none of the three.
            case unknownOperation
            /// Flags or the reserved bytes are not zero.
            case reservedBits
            /// A record of no pages.
            case noPages
            /// More pages than a batch may have in all.
            case tooManyPages
            /// A page beyond the end of the device.
            case beyondEnd
        }

        /// What it is.
        public let kind: Kind
        /// The record, the first being 1.
        public let record: Int
    }

    let records: [BatchRecord]
    let body: Span<UInt8>

    /// Reads a batch.
    ///
    /// - Parameters:
    ///   - body: the records, back to back, and nothing else.
    ///   - pool: whose pages they speak of; the end of its device is that of this moment.
    ///   - pagesMax: how many pages there may be in all records together.
    /// - Throws: the first mistake.
    @_lifetime(copy body)
    public init(_ body: Span<UInt8>, for pool: PagePool, pagesMax: Int) throws(Mistake) {
        let end = pool.devicePages.load(ordering: .relaxed)
        records = try Self.records(in: body, pagesMax: pagesMax, end: end)
        self.body = body
    }

    private static func records(in body: Span<UInt8>, pagesMax: Int, end: UInt64) throws(Mistake) -> [BatchRecord] {
        var records: [BatchRecord] = []
        var pages = 0
        var offset = 0
        repeat {
            let number = records.count + 1
            if body.isEmpty { throw Mistake(kind: .empty, record: number) }
            let record = try record(number, in: body, at: offset, end: end)
            guard record.count <= pagesMax - pages else { throw Mistake(kind: .tooManyPages, record: number) }
            pages += record.count
            offset = record.offset
            if record.operation == .put {
                guard body.count - offset >= record.count * PagePool.pageBytes else {
                    throw Mistake(kind: .truncated, record: number)
                }
                offset += record.count * PagePool.pageBytes
            }
            records.append(record)
        } while offset < body.count
        return records
    }

    private static func record(
        _ number: Int, in body: Span<UInt8>, at offset: Int, end: UInt64
    ) throws(Mistake) -> BatchRecord {
        func mistake(_ kind: Mistake.Kind) -> Mistake { Mistake(kind: kind, record: number) }
        guard body.count - offset >= BatchRecord.headerBytes else { throw mistake(.truncated) }
        guard let operation = BatchRecord.Operation(rawValue: body[offset]) else { throw mistake(.unknownOperation) }
        guard body[offset + 1] == 0, body[offset + 2] == 0, body[offset + 3] == 0 else { throw mistake(.reservedBits) }
        let count = body.littleEndian(at: offset + 4, bytes: 4)
        let first = body.littleEndian(at: offset + 8, bytes: 8)
        if count == 0 { throw mistake(.noPages) }
        guard first < end, count <= end - first else { throw mistake(.beyondEnd) }
        return BatchRecord(
            operation: operation, first: first, count: Int(count), offset: offset + BatchRecord.headerBytes)
    }

    /// The most bytes that an answer can have.
    var answerBytesMax: Int {
        records.reduce(0) { bytes, record in
            let pages = record.operation == .get ? record.count : 0
            return bytes + BatchRecord.headerBytes + (pages + 7) / 8 + pages * PagePool.pageBytes
        }
    }

    /// The bytes of a page that a record puts.
    @_lifetime(copy self)
    func page(_ index: Int, of record: BatchRecord) -> Span<UInt8> {
        let start = record.offset + index * PagePool.pageBytes
        return body.extracting(start..<(start + PagePool.pageBytes))
    }
}

extension Span<UInt8> {
    /// A little-endian number of so many bytes.
    fileprivate func littleEndian(at offset: Int, bytes: Int) -> UInt64 {
        var value: UInt64 = 0
        for index in 0..<bytes { value |= UInt64(self[offset + index]) << UInt64(index * 8) }
        return value
    }
}
