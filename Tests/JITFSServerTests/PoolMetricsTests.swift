@testable import JITFSServer
import Bytes
import OpenMetrics
import PagePool
import Testing

@Suite struct PoolMetricsTests {
    private func text(_ pools: [PoolMetrics.Pool]) -> MetricsText {
        var writer = MetricsWriter(.prometheus)
        PoolMetrics.write(pools, to: &writer)
        return MetricsText(writer.finish().text)
    }

    @Test func `each pool is told of under its name`() {
        var statistics = PagePoolStatistics()
        statistics.pagesStored = 10
        statistics.pagesSame = 2
        statistics.storedBytes = 9000
        statistics.puts = 12
        statistics.failedWrites = 3
        var scrub = ScrubReport()
        scrub.pagesDamaged = 2
        scrub.pagesCheckedEver = 70
        let text = text(
            ["a", "b"].map { name in
                PoolMetrics.Pool(
                    name: name, statistics: statistics, disksizeBytes: 1 << 30, memLimitBytes: 0, scrub: scrub)
            })
        for device in ["a", "b"] {
            #expect(text["jitfs_pool_pages", ["device": device]] == "10")
            #expect(text["jitfs_pool_original_bytes", ["device": device]] == "40960")
            #expect(text["jitfs_pool_compressed_bytes", ["device": device]] == "9000")
            #expect(text["jitfs_pool_disksize_bytes", ["device": device]] == "1073741824")
            #expect(text["jitfs_pool_operations_total", ["device": device, "operation": "put"]] == "12")
            #expect(text["jitfs_pool_damaged_pages", ["device": device]] == "2")
            #expect(text["jitfs_pool_scrubbed_pages_total", ["device": device]] == "70")
            #expect(text["jitfs_pool_failures_total", ["device": device, "reason": "no_room"]] == "3")
        }
        #expect(text.types.count == 13 && text.help.values.allSatisfy { $0.hasSuffix(".") })
        #expect(text.samples.allSatisfy { $0.sample.name == $0.family })
    }

    @Test func `without pools there is nothing`() { #expect(text([]).types.isEmpty) }
}
