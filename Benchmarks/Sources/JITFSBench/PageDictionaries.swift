import Bytes
import Glibc
import PagePool
import PagePoolZstd

extension Benchmark {
    /// What dictionaries give and take: memory for each of 400,000 pages, and the time of a put and of a get.
    static let pageDictionaries = Benchmark(name: "page-dictionaries") { fixture, scale in
        let set = try PageSet(fixture.pages)
        let count = scale.count(400_000, small: 300)
        var rows: [Row] = []
        for (policy, asked) in [(DictionaryPolicy.off, "1145 bytes"), (.space, "1100 bytes")] {
            rows += try memory(set, count, policy, asked: asked)
        }
        for policy in DictionaryPolicy.allCases { rows += try time(set, policy, scale) }
        return rows
    }

    private static func memory(
        _ set: PageSet, _ count: Int, _ policy: DictionaryPolicy, asked: String
    ) throws -> [Row] {
        var page = [UInt8](repeating: 0, count: 4096)
        // What is measured with must neither come nor go in between.
        defer { withExtendedLifetime(set) {} }
        let before = residentBytes()
        let pools = PagePools(codec: ZstdPageCodec(), limits: PagePoolLimits())
        let pool = try pools.create(
            name: "memory", options: PagePoolOptions(disksizeBytes: UInt64(count) * 4096, dictionary: policy))
        for number in 0..<count {
            set.copy(number, to: &page)
            try pool.put(UInt64(number), page.span)
        }
        let loaded = residentBytes() - before
        let cpu = Measure.now(CLOCK_PROCESS_CPUTIME_ID)
        rest(pool)
        let spent = Measure.now(CLOCK_PROCESS_CPUTIME_ID) - cpu
        let atRest = residentBytes() - before
        let held = Int(pool.statistics.heldBytes)
        func each(_ bytes: Int) -> String { Measure.text(Double(max(bytes, 0)) / Double(count), digits: 1) }
        var rows = [
            Row(
                row: "RSS for each of \(count) pages, dictionary=\(policy.rawValue)", asked: asked,
                measured: "\(each(atRest)) bytes (\(each(loaded)) at the end of loading, \(each(held)) held)")
        ]
        let report = pool.dictionaryReport
        if let trial = report.trial {
            let kinds = report.dictionaries.map { $0.kind.name }.joined(separator: " ")
            rows.append(
                Row(
                    row: "held-out pages of its last training, with and without", asked: "",
                    measured: "\(Measure.text(trial.meanWith, digits: 1)) and "
                        + "\(Measure.text(trial.meanWithout, digits: 1)) bytes (\(kinds))"))
            rows.append(
                Row(
                    row: "pages packed again in the background", asked: "",
                    measured: "\(pool.statistics.pagesRecompressed), \(spent / 1_000_000) ms of CPU time"))
        }
        try pools.remove(pool)
        return rows
    }

    private static func time(_ set: PageSet, _ policy: DictionaryPolicy, _ scale: Scale) throws -> [Row] {
        let loaded = scale.count(50_000, small: 50)
        let pools = PagePools(codec: ZstdPageCodec(), limits: PagePoolLimits())
        let pool = try pools.create(
            name: "time", options: PagePoolOptions(disksizeBytes: UInt64(loaded) * 4096, dictionary: policy))
        var page = [UInt8](repeating: 0, count: 4096)
        for number in 0..<loaded {
            set.copy(number, to: &page)
            try pool.put(UInt64(number), page.span)
        }
        rest(pool)
        // Pages that came before the first training.
        for number in 0..<loaded {
            set.copy(number, to: &page)
            try pool.put(UInt64(number), page.span)
        }
        let rounds = scale.count(31, small: 1)
        let put = try puts(pool, set, loaded, rounds)
        let get = try gets(pool, set, loaded, rounds)
        let count = pool.dictionaryReport.dictionaries.count { $0.isCurrent }
        let bytes = pool.statistics.storedBytes / UInt64(loaded)
        try pools.remove(pool)
        return [
            Row(
                row: "put and get beside bare zstd, dictionary=\(policy.rawValue)", asked: "",
                measured: "\(put.text); \(get.text); \(count) dictionaries, \(bytes) bytes a page")
        ]
    }

    /// Waits until nothing happens in the background any more.
    private static func rest(_ pool: PagePool) {
        var before = pool.statistics
        var quiet = pool.statistics.dictionaries == 0 && pool.dictionaryReport.trainings == 0 ? 2 : 0
        while quiet < 2 {
            sleep(1)
            let now = pool.statistics
            quiet = now == before ? quiet + 1 : 0
            before = now
        }
    }
}
