internal import Bytes
internal import PagePool
internal import PseudoFS
internal import SystemPackage

/// The pool as a block device: `data`.
///
/// What was never written, or was discarded, reads as zeros, and what is written as zeros is discarded. A write that
/// does not cover a page changes it in place, so that no other write to that page is lost.
enum DeviceFiles {
    static let data = File<PagePool>.device(
        mode: 0o644, summary: "The pages one behind the other, as a block device: by Range and Content-Range.",
        Device(
            size: { $0.disksizeBytes },
            open: { pool, range in DeviceReader(pool, range) },
            write: { context, offset, bytes throws(Failure) in
                try pool(.node, context.reason) { () throws(Errno) in try write(context, offset, bytes) }
            },
            discard: { context, range throws(Failure) in
                try pool(.node, context.reason) { () throws(Errno) in try discard(context, range) }
            }),
        known: { pool in
            [
                .init("size", .unsigned(pool.disksizeBytes)), .init("block_size", .unsigned(pageBytes)),
                .init("pages_stored", .unsigned(pool.statistics.pagesStored)),
            ]
        })

    static let pageBytes = UInt64(PagePool.pageBytes)

    private static func write(_ pool: PagePool, _ offset: UInt64, _ bytes: Span<UInt8>) throws(Errno) {
        var done = 0
        while done < bytes.count {
            let position = offset + UInt64(done)
            let (page, start) = (position / pageBytes, Int(position % pageBytes))
            let count = min(PagePool.pageBytes - start, bytes.count - done)
            let piece = bytes.extracting(done..<(done + count))
            if count < PagePool.pageBytes {
                try pool.modify(page, at: start, piece)
            } else if piece.repeatedWord == 0 {
                try pool.discard(page)
            } else {
                try pool.put(page, piece)
            }
            done += count
        }
    }

    private static func discard(_ pool: PagePool, _ range: Range<UInt64>) throws(Errno) {
        let zeros = [UInt8](repeating: 0, count: PagePool.pageBytes)
        var page = range.lowerBound / pageBytes
        while let stored = pool.nextStored(from: page), stored * pageBytes < range.upperBound {
            let first = max(range.lowerBound, stored * pageBytes)
            let end = min(range.upperBound, (stored + 1) * pageBytes)
            if end - first == pageBytes {
                try pool.discard(stored)
            } else {
                let count = Int(end - first)
                try pool.modify(stored, at: Int(first % pageBytes), zeros.span.extracting(0..<count))
            }
            page = stored + 1
        }
    }
}
