import Bytes
import PagePool
import PagePoolZstd
import Zstd

extension Benchmark {
    /// Pages put into a loaded pool and got from it, each beside bare zstd on the same pages in the same run.
    ///
    /// Rounds of some pages alternate between the two, and between who begins; what counts is the CPU time of the thread,
    /// and the median of the rounds' ratios.
    static let pages = Benchmark(name: "pages") { fixture, scale in
        let set = try PageSet(fixture.pages)
        let loaded = scale.count(50_000, small: 50)
        let pools = PagePools(codec: ZstdPageCodec(), limits: PagePoolLimits())
        let pool = try pools.create(name: "pages", options: PagePoolOptions(disksizeBytes: UInt64(loaded) * 4096))
        var page = [UInt8](repeating: 0, count: 4096)
        for number in 0..<loaded {
            set.copy(number, to: &page)
            try pool.put(UInt64(number), page.span)
        }
        let rounds = scale.count(51, small: 1)
        let put = try puts(pool, set, loaded, rounds)
        let get = try gets(pool, set, loaded, rounds)
        let zero = try zeros(pool, loaded, scale)
        return [
            Row(row: "a page put, in process, beside bare zstd", asked: "1.20 times", measured: put.text),
            Row(row: "a page got, in process, beside bare zstd", asked: "1.25 times", measured: get.text),
            Row(
                row: "a zero page put, in process", asked: "0.3 us",
                measured: "\(Measure.text(Double(zero) / 1000, digits: 2)) us"),
        ]
    }

    private static let pagesInRound = 512

    /// Page numbers all over the pool, the same in every run.
    private static func scattered(_ round: Int, _ loaded: Int) -> [Int] {
        (0..<pagesInRound).map { index in
            let mixed = UInt64(round * pagesInRound + index) &* 0x9E37_79B9_7F4A_7C15
            return Int(mixed >> 20) % loaded
        }
    }

    static func puts(_ pool: PagePool, _ set: PageSet, _ loaded: Int, _ rounds: Int) throws -> PageComparison {
        var comparison = PageComparison()
        var compressor = try ZstdCompressor(.plain)
        var frame = ByteBuffer(capacity: 8192)
        var pages = [UInt8](repeating: 0, count: pagesInRound * 4096)
        for round in 0..<rounds {
            let numbers = scattered(round, loaded)
            // Neighbours, which zstd likes best, and not the page that is there: where its object is of another size,
            // another one moves.
            for index in 0..<pagesInRound {
                set.copy(loaded + round * pagesInRound + index, to: &pages, at: index * 4096)
            }
            let span = pages.span
            try comparison.round(round, pages: pagesInRound) {
                for (index, number) in numbers.enumerated() {
                    try pool.put(UInt64(number), span.extracting((index * 4096)..<(index * 4096 + 4096)))
                }
            } bare: {
                for index in 0..<pagesInRound {
                    frame.removeAll()
                    let page = span.extracting((index * 4096)..<(index * 4096 + 4096))
                    try compressor.compress(page, level: 1, into: &frame)
                }
            }
        }
        return comparison
    }

    static func gets(_ pool: PagePool, _ set: PageSet, _ loaded: Int, _ rounds: Int) throws -> PageComparison {
        var comparison = PageComparison()
        var compressor = try ZstdCompressor(.plain)
        var decompressor = try ZstdDecompressor(.plain)
        var out = ByteBuffer(capacity: 8192)
        for round in 0..<rounds {
            let numbers = scattered(round, loaded)
            var frames = ByteBuffer(capacity: pagesInRound * 4096)
            var ends = [0]
            for number in numbers {
                out.removeAll()
                try pool.get(UInt64(number), into: &out)
                try compressor.compress(out.span, level: 1, into: &frames)
                ends.append(frames.count)
            }
            // The pool's objects leave the cache as the frames would have, had they been stored.
            for number in scattered(round + rounds, loaded) {
                out.removeAll()
                try pool.get(UInt64(number), into: &out)
            }
            let span = frames.span
            try comparison.round(round, pages: pagesInRound) {
                for number in numbers {
                    out.removeAll()
                    try pool.get(UInt64(number), into: &out)
                }
            } bare: {
                for index in 0..<pagesInRound {
                    out.removeAll()
                    try decompressor.decompress(
                        span.extracting(ends[index]..<ends[index + 1]), sizeMax: 4096, into: &out)
                }
            }
        }
        return comparison
    }

    /// Nanoseconds to put a page of zeros over one, all over the pool; the first time around real pages go.
    private static func zeros(_ pool: PagePool, _ loaded: Int, _ scale: Scale) throws -> Int {
        let page = [UInt8](repeating: 0, count: 4096)
        for number in 0..<loaded { try pool.put(UInt64(number), page.span) }
        let puts = scale.count(100_000, small: 100)
        let times = try (0..<scale.count(9, small: 1)).map { _ in
            try Measure.cpu {
                for number in 0..<puts { try pool.put(UInt64(number &* 7919 % loaded), page.span) }
            }
        }
        return Measure.median(times) / puts
    }
}
