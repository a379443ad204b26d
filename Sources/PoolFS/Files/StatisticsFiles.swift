internal import Bytes
internal import PagePool
internal import PseudoFS

/// What a pool says about itself: zram's columns in text, a member each in JSON.
///
/// Source: Documentation/admin-guide/blockdev/zram.rst, and the formats of zram's own `mm_stat_show`, `io_stat_show`.
enum StatisticsFiles {
    /// `mm_stat`. `pages_compacted` is 0 always: the stacks have no holes to be closed.
    static let memory = columns("What is stored, and the memory that it takes.") { pool in
        let statistics = pool.statistics
        return [
            ("orig_data_size", statistics.pagesStored * UInt64(PagePool.pageBytes)),
            ("compr_data_size", statistics.storedBytes),
            ("mem_used_total", statistics.heldBytes),
            ("mem_limit", pool.memLimitBytes),
            ("mem_used_max", statistics.heldBytesMax),
            ("same_pages", statistics.pagesSame),
            ("pages_compacted", 0),
            ("huge_pages", statistics.pagesHuge),
            ("huge_pages_since", statistics.pagesHugeEver),
        ]
    }

    /// `io_stat`.
    static let operations = columns("What failed, and what was given up.") { pool in
        let statistics = pool.statistics
        return [
            ("failed_reads", statistics.failedReads),
            ("failed_writes", statistics.failedWrites),
            ("invalid_io", statistics.invalidOperations),
            ("notify_free", statistics.discards),
        ]
    }

    private static func columns(
        _ summary: String, _ read: @escaping @Sendable (PagePool) -> [(name: String, number: UInt64)]
    ) -> File<PagePool> {
        .attribute(
            mode: 0o444, summary: summary,
            value: { pool in .record(read(pool).map { .init($0.name, .unsigned($0.number)) }) },
            text: { pool, out in
                for (index, column) in read(pool).enumerated() {
                    if index > 0 { out.append(0x20) }
                    out.append(decimal: column.number, width: 8)
                }
                out.append(0x0A)
            })
    }

    /// `histogram`: how many pages have objects of so many bytes. Pages of one pattern have none and are not in it.
    static let histogram = File<PagePool>.attribute(
        mode: 0o444, summary: "Pages by the bytes that they are compressed to; the last row is those kept as they are.",
        value: { pool in
            let pages = pool.histogram
            return .list(
                pages.indices.map { index in
                    let range = range(index, of: pages.count)
                    return .record([
                        .init("from", .unsigned(range.lowerBound)), .init("to", .unsigned(range.upperBound)),
                        .init("pages", .unsigned(pages[index])),
                    ])
                })
        },
        text: { pool, out in
            let pages = pool.histogram
            for index in pages.indices {
                let range = range(index, of: pages.count)
                out.append(decimal: range.lowerBound, width: 4)
                out.append(0x2D)
                out.append(decimal: range.upperBound)
                out.append(0x20)
                out.append(decimal: pages[index])
                out.append(0x0A)
            }
        })

    private static func range(_ index: Int, of count: Int) -> ClosedRange<UInt64> {
        let bytes = UInt64(PagePool.pageBytes)
        if index == count - 1 { return bytes...bytes }
        let width = bytes / UInt64(count - 1)
        return UInt64(index) * width...UInt64(index + 1) * width - 1
    }
}
