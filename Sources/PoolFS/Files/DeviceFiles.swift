internal import Bytes
internal import PagePool
internal import PseudoFS
internal import SystemPackage

/// The pool as a block device: `data`.
///
/// What was never written, or was discarded, reads as zeros; see ``DeviceReader`` and ``DeviceWriter``.
enum DeviceFiles {
    static let data = File<PagePool>.device(
        mode: 0o644, summary: "The pages one behind the other, as a block device: by Range and Content-Range.",
        Device(
            size: { $0.disksizeBytes },
            open: { pool, range in DeviceReader(pool, range) },
            write: { pool, offset in DeviceWriter(pool, at: offset) },
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
