import Bytes
import Glibc
import PagePool
import PagePoolZstd
import Zstd

extension Benchmark {
    /// How much the process grows by 100,000 real pages, and by 400,000, beside their bytes as bare zstd packs them; then
    /// without 70 % of them.
    static let pageMemory = Benchmark(name: "page-memory") { fixture, scale in
        let set = try PageSet(fixture.pages)
        return try growth(set, scale.count(100_000, small: 200), asked: "1.06 times", "1.12 times")
            + growth(set, scale.count(400_000, small: 300), asked: "1.035 times", "1.05 times")
    }

    private static func growth(_ set: PageSet, _ count: Int, asked: String, _ askedAfter: String) throws -> [Row] {
        var page = [UInt8](repeating: 0, count: 4096)
        // First what bare zstd makes of them, so that its context is no part of what is measured.
        var sizes = [Int](repeating: 0, count: count)
        do {
            var compressor = try ZstdCompressor(.plain)
            var frame = ByteBuffer(capacity: 8192)
            for number in 0..<count {
                set.copy(number, to: &page)
                frame.removeAll()
                try compressor.compress(page.span, level: 1, into: &frame)
                sizes[number] = frame.count
            }
        }
        var random = SystemRandomNumberGenerator()
        let discards = (0..<count).shuffled(using: &random).prefix(count * 7 / 10)
        // What is measured with must neither come nor go in between.
        defer { withExtendedLifetime((set, sizes, discards)) {} }
        let before = residentBytes()
        let pools = PagePools(codec: ZstdPageCodec(), limits: PagePoolLimits())
        let pool = try pools.create(name: "memory", options: PagePoolOptions(disksizeBytes: UInt64(count) * 4096))
        for number in 0..<count {
            set.copy(number, to: &page)
            try pool.put(UInt64(number), page.span)
        }
        let loaded = residentBytes() - before
        let packed = sizes.reduce(0, +)
        var out = ByteBuffer(capacity: 8192)
        for number in stride(from: 0, to: count, by: 97) {
            out.removeAll()
            try pool.get(UInt64(number), into: &out)
        }
        var left = packed
        for number in discards {
            try pool.discard(UInt64(number))
            left -= sizes[number]
        }
        let discarded = residentBytes() - before
        func row(_ name: String, _ asked: String, _ bytes: Int, _ packed: Int) -> Row {
            let ratio = Measure.text(Double(max(bytes, 0)) / Double(packed), digits: 4)
            return Row(row: name, asked: asked, measured: "\(ratio) times (\(bytes) and \(packed) bytes)")
        }
        return [
            row("RSS for \(count) real pages, beside their compressed bytes", asked, loaded, packed),
            row("after discarding 70 % of \(count) at random", askedAfter, discarded, left),
        ]
    }

    /// Bytes of memory of this process.
    static func residentBytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let fields = text.split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * 4096 : 0
    }
}
