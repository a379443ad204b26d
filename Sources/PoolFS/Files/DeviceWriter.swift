internal import Bytes
internal import PagePool
internal import PseudoFS
internal import SystemPackage

/// A write to a pool's device, stored page by page as its bytes come: a page that is whole is stored at once, and what is
/// not a whole page changes the page that is there, so that no other write to it is lost.
///
/// As with any block device, each page is written as a whole or not at all, and the write is not: what was stored before
/// it failed or was given up stays. Pages of zeros are discarded. What is kept meanwhile is less than one page.
final class DeviceWriter: OpenWrite, @unchecked Sendable {
    // Sendable: an open write is used by one thread at a time.
    private let pool: PagePool
    /// Where the next byte goes that is not in ``rest``'s page yet.
    private var position: UInt64
    /// The beginning of the page at ``position``, where it did not come whole.
    private var rest = ByteBuffer(capacity: 64)

    init(_ pool: PagePool, at offset: UInt64) {
        self.pool = pool
        position = offset
    }

    func write(_ bytes: Span<UInt8>) throws(Failure) {
        var done = 0
        while done < bytes.count {
            let left = pageBytes - Int(position % UInt64(pageBytes)) - rest.count
            let count = min(left, bytes.count - done)
            let piece = bytes.extracting(done..<(done + count))
            done += count
            if rest.isEmpty, count == left {
                try store(piece)
            } else {
                rest.append(piece)
                if count == left { try storeRest() }
            }
        }
    }

    func finish() throws(Failure) { if !rest.isEmpty { try storeRest() } }

    // What came is whole pages but for the rest, which is a part of a write that is not meant any more.
    func abandon() {}

    private func storeRest() throws(Failure) {
        var bytes = ByteBuffer(capacity: 64)
        swap(&bytes, &rest)
        try store(bytes.span)
        bytes.removeAll()
        swap(&bytes, &rest)
    }

    /// Stores bytes that lie within one page.
    private func store(_ bytes: Span<UInt8>) throws(Failure) {
        let page = position / UInt64(pageBytes)
        let start = Int(position % UInt64(pageBytes))
        try PoolFS.pool(.node, { pool.reason($0, page: page) }) { () throws(Errno) in
            if bytes.count < pageBytes {
                try pool.modify(page, at: start, bytes)
            } else if bytes.repeatedWord == 0 {
                try pool.discard(page)
            } else {
                try pool.put(page, bytes)
            }
        }
        position += UInt64(bytes.count)
    }

    private var pageBytes: Int { PagePool.pageBytes }
}
