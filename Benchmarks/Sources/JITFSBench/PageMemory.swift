import Bytes
import Glibc
import PagePool
import PagePoolZstd
import Zstd

extension Benchmark {
    /// How much the process grows by 100,000 real pages, and by 400,000, beside their bytes as bare zstd packs them; after
    /// 12 rounds of as many calls, three overwrites to a discard; then without 70 % of the pages.
    static let pageMemory = Benchmark(name: "page-memory") { fixture, scale in
        let set = try PageSet(fixture.pages)
        return try growth(set, scale.count(100_000, small: 200), scale, asked: "1.06 times", "1.12 times")
            + growth(set, scale.count(400_000, small: 300), scale, asked: "1.035 times", "1.05 times")
    }

    private static func growth(_ set: PageSet, _ count: Int, _ scale: Scale, asked: String, _ askedAfter: String) throws
        -> [Row]
    {
        var page = [UInt8](repeating: 0, count: 4096)
        // First what bare zstd makes of them, so that its context is no part of what is measured: each of the set's pages
        // once, for the number that is written into it changes its length by a byte or two.
        var sizes = [Int](repeating: 0, count: set.count)
        do {
            var compressor = try ZstdCompressor(.plain)
            var frame = ByteBuffer(capacity: 8192)
            for number in 0..<set.count {
                set.copy(number + set.count, to: &page)
                frame.removeAll()
                try compressor.compress(page.span, level: 1, into: &frame)
                sizes[number] = frame.count
            }
        }
        var random = SystemRandomNumberGenerator()
        var order = Array(0..<UInt32(count))
        order.shuffle(using: &random)
        // Which page each number has; 0 for none.
        var kept = [UInt32](repeating: 0, count: count)
        // What is measured with must neither come nor go in between.
        defer { withExtendedLifetime((set, sizes, order, kept)) {} }
        func packed() -> Int { kept.reduce(0) { $0 + ($1 == 0 ? 0 : sizes[Int($1) % sizes.count]) } }
        let before = residentBytes()
        let pools = PagePools(codec: ZstdPageCodec(), limits: PagePoolLimits())
        let pool = try pools.create(name: "memory", options: PagePoolOptions(disksizeBytes: UInt64(count) * 4096))
        for number in 0..<count {
            kept[number] = UInt32(set.count + number)
            set.copy(set.count + number, to: &page)
            try pool.put(UInt64(number), page.span)
        }
        let loaded = residentBytes() - before
        let loadedPacked = packed()
        for call in 0..<count * scale.count(12, small: 1) {
            let number = Int.random(in: 0..<count, using: &random)
            if call % 4 == 0 {
                kept[number] = 0
                try pool.discard(UInt64(number))
            } else {
                kept[number] = UInt32(set.count + Int.random(in: 0..<count, using: &random))
                set.copy(Int(kept[number]), to: &page)
                try pool.put(UInt64(number), page.span)
            }
        }
        let churned = residentBytes() - before
        let churnedPacked = packed()
        var out = ByteBuffer(capacity: 8192)
        for number in stride(from: 0, to: count, by: 97) where kept[number] != 0 {
            out.removeAll()
            try pool.get(UInt64(number), into: &out)
        }
        for number in order.prefix(count * 7 / 10) {
            kept[Int(number)] = 0
            try pool.discard(UInt64(number))
        }
        let discarded = residentBytes() - before
        func row(_ name: String, _ asked: String, _ bytes: Int, _ packed: Int) -> Row {
            let ratio = Measure.text(Double(max(bytes, 0)) / Double(packed), digits: 4)
            return Row(row: name, asked: asked, measured: "\(ratio) times (\(bytes) and \(packed) bytes)")
        }
        return [
            row("RSS for \(count) real pages, beside their compressed bytes", asked, loaded, loadedPacked),
            Row(
                row: "RSS for each of \(count) real pages", asked: "1145 bytes",
                measured: "\(max(loaded, 0) / count) bytes"),
            row("after 12 rounds of \(count) calls, 75 % overwrites, 25 % discards", asked, churned, churnedPacked),
            row("after then discarding 70 % of \(count) at random", askedAfter, discarded, packed()),
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
