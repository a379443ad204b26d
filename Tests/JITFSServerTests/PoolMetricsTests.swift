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
        statistics.dictionaries = 4
        statistics.dictionaryTrainings = 5
        statistics.pagesRecompressed = 6
        statistics.recompressionSavedBytes = 700
        statistics.pagesOnDisk = 4
        var backing = BackingStatistics()
        backing.blocksRead = 5
        backing.writeRequests = 2
        backing.clusters = 16
        backing.pagesMoved = 7
        backing.isWritable = true
        var scrub = ScrubReport()
        scrub.pagesDamaged = 2
        scrub.pagesCheckedEver = 70
        let text = text(
            ["a", "b"].map { name in
                PoolMetrics.Pool(
                    name: name, statistics: statistics, backing: backing, disksizeBytes: 1 << 30, memLimitBytes: 0,
                    scrub: scrub)
            })
        for device in ["a", "b"] {
            #expect(text["jitfs_pool_pages", ["device": device]] == "10")
            #expect(text["jitfs_pool_original_bytes", ["device": device]] == "40960")
            #expect(text["jitfs_pool_compressed_bytes", ["device": device]] == "9000")
            #expect(text["jitfs_pool_disksize_bytes", ["device": device]] == "1073741824")
            #expect(text["jitfs_pool_dictionaries", ["device": device]] == "4")
            #expect(text["jitfs_pool_dictionary_trainings_total", ["device": device]] == "5")
            #expect(text["jitfs_pool_recompressed_pages_total", ["device": device]] == "6")
            #expect(text["jitfs_pool_recompression_saved_bytes_total", ["device": device]] == "700")
            #expect(text["jitfs_pool_operations_total", ["device": device, "operation": "put"]] == "12")
            #expect(text["jitfs_pool_damaged_pages", ["device": device]] == "2")
            #expect(text["jitfs_pool_scrubbed_pages_total", ["device": device]] == "70")
            #expect(text["jitfs_pool_failures_total", ["device": device, "reason": "no_room"]] == "3")
        }
        for device in ["a", "b"] {
            #expect(text["jitfs_pool_backing_pages", ["device": device]] == "4")
            #expect(text["jitfs_pool_backing_size_bytes", ["device": device]] == "1048576")
            #expect(text["jitfs_pool_backing_writable", ["device": device]] == "1")
            #expect(text["jitfs_pool_backing_bytes_total", ["device": device, "operation": "read"]] == "20480")
            #expect(text["jitfs_pool_backing_requests_total", ["device": device, "operation": "write"]] == "2")
            #expect(text["jitfs_pool_backing_moved_pages_total", ["device": device, "operation": "collect"]] == "7")
        }
        #expect(text.types.count == 27 && text.help.values.allSatisfy { $0.hasSuffix(".") })
        #expect(text.samples.allSatisfy { $0.sample.name == $0.family })
    }

    @Test func `without pools there is nothing`() { #expect(text([]).types.isEmpty) }
}
