import Bytes
import Glibc
import PagePool
import PagePoolZstd
import Zstd

extension Benchmark {
    /// The best and the worst that can happen to a pool: pages that any codec makes small, and pages that none does.
    ///
    /// Beside a page that cannot be packed stands what nobody can save who tries: zstd giving up, and a copy of the page to
    /// where it is kept.
    static let pagesOfAllKinds = Benchmark(name: "pages-of-all-kinds") { _, scale in
        let log = try puts(PageSet(logPages: 512), scale, copies: false)
        let random = try puts(PageSet(randomPages: 512), scale, copies: true)
        let read = try gets(PageSet(randomPages: 512), scale)
        return [
            Row(row: "best case: a page of log lines put, beside bare zstd", asked: "", measured: log.text),
            Row(
                row: "worst case: a random page put, beside zstd giving up and memcpy", asked: "1.5 times",
                measured: random.text),
            Row(row: "a random page got, beside memcpy", asked: "", measured: read.text),
        ]
    }

    private static let pagesInRound = 512

    private static func loaded(_ set: PageSet, _ count: Int) throws -> PagePool {
        let pools = PagePools(codec: ZstdPageCodec(), limits: PagePoolLimits())
        let pool = try pools.create(name: "kinds", options: PagePoolOptions(disksizeBytes: UInt64(count) * 4096))
        var page = [UInt8](repeating: 0, count: 4096)
        for number in 0..<count {
            set.copy(number, to: &page)
            try pool.put(UInt64(number), page.span)
        }
        return pool
    }

    private static func scattered(_ round: Int, _ count: Int) -> [Int] {
        (0..<pagesInRound).map { Int((UInt64(round * pagesInRound + $0) &* 0x9E37_79B9_7F4A_7C15) >> 20) % count }
    }

    private static func puts(_ set: PageSet, _ scale: Scale, copies: Bool) throws -> PageComparison {
        let count = scale.count(20_000, small: 20)
        let pool = try loaded(set, count)
        var comparison = PageComparison()
        var compressor = try ZstdCompressor(.plain)
        var frame = ByteBuffer(capacity: 8192)
        var kept = [UInt8](repeating: 1, count: copies ? count * 4096 : 0)
        var pages = [UInt8](repeating: 0, count: pagesInRound * 4096)
        for round in 0..<scale.count(51, small: 1) {
            let numbers = scattered(round, count)
            for index in 0..<pagesInRound {
                set.copy(count + round * pagesInRound + index, to: &pages, at: index * 4096)
            }
            let span = pages.span
            try comparison.round(round, pages: pagesInRound) {
                for (index, number) in numbers.enumerated() {
                    try pool.put(UInt64(number), span.extracting((index * 4096)..<(index * 4096 + 4096)))
                }
            } bare: {
                for (index, number) in numbers.enumerated() {
                    frame.removeAll()
                    let page = span.extracting((index * 4096)..<(index * 4096 + 4096))
                    try compressor.compress(page, level: 1, into: &frame)
                    if copies { copy(page, to: &kept, at: number * 4096) }
                }
            }
        }
        return comparison
    }

    private static func gets(_ set: PageSet, _ scale: Scale) throws -> PageComparison {
        let count = scale.count(20_000, small: 20)
        let pool = try loaded(set, count)
        var comparison = PageComparison()
        let kept = [UInt8](repeating: 1, count: count * 4096)
        var page = [UInt8](repeating: 0, count: 4096)
        var out = ByteBuffer(capacity: 8192)
        for round in 0..<scale.count(51, small: 1) {
            let numbers = scattered(round, count)
            try comparison.round(round, pages: pagesInRound) {
                for number in numbers {
                    out.removeAll()
                    try pool.get(UInt64(number), into: &out)
                }
            } bare: {
                for number in numbers {
                    copy(kept.span.extracting((number * 4096)..<(number * 4096 + 4096)), to: &page, at: 0)
                }
            }
        }
        return comparison
    }

    private static func copy(_ page: Span<UInt8>, to kept: inout [UInt8], at offset: Int) {
        kept.withUnsafeMutableBytes { target in
            page.withUnsafeBytes { source in _ = memcpy(target.baseAddress! + offset, source.baseAddress!, source.count)
            }
        }
    }
}
