internal import Bytes
internal import PagePool
internal import PseudoFS
internal import SystemPackage

/// A range of a pool's device, read page by page: zeros where nothing is stored.
///
/// Each page is what it was at one moment; two pages need not be of the same one, as with any block device.
final class DeviceReader: OpenFile, @unchecked Sendable {
    // Sendable: an open file is used by one thread at a time.
    private let pool: PagePool
    private var position: UInt64
    private let end: UInt64
    private(set) var failure: Failure?

    init(_ pool: PagePool, _ range: Range<UInt64>) {
        self.pool = pool
        position = range.lowerBound
        end = range.upperBound
    }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        let full = buffer.count + limit
        while buffer.count < full {
            if position == end { return .end }
            let number = position / DeviceFiles.pageBytes
            let start = Int(position % DeviceFiles.pageBytes)
            let count = Int(min(DeviceFiles.pageBytes - UInt64(start), end - position))
            do throws(Errno) {
                try append(number, start, count, to: &buffer)
            } catch {
                failure = Failure(error, pool.reason(error, page: number))
                return .end
            }
            position += UInt64(count)
        }
        return position == end ? .end : .more
    }

    private func append(_ number: UInt64, _ start: Int, _ count: Int, to buffer: inout ByteBuffer) throws(Errno) {
        do throws(Errno) {
            if count == PagePool.pageBytes { return try pool.get(number, into: &buffer) }
            var page = ByteBuffer(capacity: PagePool.pageBytes)
            try pool.get(number, into: &page)
            buffer.append(page.span.extracting(start..<(start + count)))
        } catch .noData {
            buffer.append(repeating: 0, count: count)
        }
    }

    func close() {}
}
