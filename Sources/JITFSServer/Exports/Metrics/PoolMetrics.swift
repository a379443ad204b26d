internal import OpenMetrics
internal import PagePool

/// Page pools: `jitfs_pool_…`, the label `device` being the pool's name. Without pools there is nothing.
enum PoolMetrics {
    /// What is told of one pool.
    struct Pool: Sendable {
        /// Its name.
        let name: String
        /// What it holds and has done.
        let statistics: PagePoolStatistics
        /// What its backing store holds and was asked for.
        let backing: BackingStatistics
        /// Bytes that it may hold pages for.
        let disksizeBytes: UInt64
        /// Bytes of memory that it may hold; 0 for any number.
        let memLimitBytes: UInt64
        /// How far a scrub is, or what the last one came to.
        var scrub = ScrubReport()
    }

    static func write(_ pools: [Pool], to writer: inout MetricsWriter) {
        if pools.isEmpty { return }
        func gauge(_ name: StaticString, _ help: StaticString, _ value: (Pool) -> UInt64, _ writer: inout MetricsWriter)
        {
            writer.family(name, .gauge, help: help)
            for pool in pools { writer.sample(value(pool), MetricLabel("device", pool.name)) }
        }
        gauge("jitfs_pool_pages", "Pages stored.", { $0.statistics.pagesStored }, &writer)
        gauge("jitfs_pool_same_pages", "Pages of one repeated pattern.", { $0.statistics.pagesSame }, &writer)
        gauge("jitfs_pool_huge_pages", "Pages that did not get smaller.", { $0.statistics.pagesHuge }, &writer)
        gauge(
            "jitfs_pool_original_bytes", "Bytes of the pages stored, as they were.",
            { $0.statistics.pagesStored * UInt64(PagePool.pageBytes) }, &writer)
        gauge(
            "jitfs_pool_compressed_bytes", "Bytes those in memory were compressed to.", { $0.statistics.storedBytes },
            &writer)
        gauge("jitfs_pool_held_bytes", "Bytes of memory held for them.", { $0.statistics.heldBytes }, &writer)
        gauge("jitfs_pool_held_max_bytes", "The most that was ever held.", { $0.statistics.heldBytesMax }, &writer)
        gauge("jitfs_pool_limit_bytes", "Bytes of memory that may be held; 0 for any.", { $0.memLimitBytes }, &writer)
        gauge("jitfs_pool_disksize_bytes", "Bytes of pages that there may be.", { $0.disksizeBytes }, &writer)
        gauge(
            "jitfs_pool_dictionaries", "Dictionaries that pages have or may get.", { $0.statistics.dictionaries },
            &writer)

        writer.family("jitfs_pool_dictionary_trainings_total", .counter, help: "Trainings of dictionaries.")
        for pool in pools {
            writer.sample(pool.statistics.dictionaryTrainings, MetricLabel("device", pool.name))
        }
        writer.family("jitfs_pool_recompressed_pages_total", .counter, help: "Pages stored as they were packed again.")
        for pool in pools { writer.sample(pool.statistics.pagesRecompressed, MetricLabel("device", pool.name)) }
        writer.family("jitfs_pool_recompression_saved_bytes_total", .counter, help: "Bytes that these got smaller by.")
        for pool in pools {
            writer.sample(pool.statistics.recompressionSavedBytes, MetricLabel("device", pool.name))
        }
        gauge(
            "jitfs_pool_damaged_pages", "Damaged pages that the last scrub found, or the present one has found so far.",
            { $0.scrub.pagesDamaged }, &writer)
        writer.family("jitfs_pool_scrubbed_pages_total", .counter, help: "Pages that scrubs looked at.")
        for pool in pools { writer.sample(pool.scrub.pagesCheckedEver, MetricLabel("device", pool.name)) }
        writer.family("jitfs_pool_operations_total", .counter, help: "Operations that were done.")
        for pool in pools {
            let device = MetricLabel("device", pool.name)
            writer.sample(pool.statistics.puts, device, MetricLabel("operation", "put"))
            writer.sample(pool.statistics.gets, device, MetricLabel("operation", "get"))
            writer.sample(pool.statistics.discards, device, MetricLabel("operation", "discard"))
        }
        writer.family(
            "jitfs_pool_failures_total", .counter,
            help: "Operations that failed; damaged is what could not be read, too.")
        for pool in pools {
            let device = MetricLabel("device", pool.name)
            writer.sample(pool.statistics.failedReads, device, MetricLabel("reason", "damaged"))
            writer.sample(pool.statistics.failedWrites, device, MetricLabel("reason", "no_room"))
            writer.sample(pool.statistics.invalidOperations, device, MetricLabel("reason", "invalid"))
        }
        gauge(
            "jitfs_pool_backing_pages", "Pages in the backing store.", { $0.statistics.pagesOnDisk }, &writer)
        gauge(
            "jitfs_pool_backing_compressed_bytes", "Bytes they were compressed to.",
            { $0.statistics.storedBytesOnDisk }, &writer)
        gauge(
            "jitfs_pool_backing_live_bytes", "Bytes of the backing store that they take.", { $0.backing.liveBytes },
            &writer)
        gauge(
            "jitfs_pool_backing_used_bytes", "Bytes of the backing store's clusters in use.",
            { $0.backing.clustersUsed * clusterBytes }, &writer)
        gauge(
            "jitfs_pool_backing_size_bytes", "Bytes of the backing store; 0 without one.",
            { $0.backing.clusters * clusterBytes }, &writer)
        gauge(
            "jitfs_pool_backing_writable",
            "1 where pages can be written to the backing store; 0 where not, or without one.",
            { $0.backing.isWritable ? 1 : 0 }, &writer)
        writeBackingCounters(pools, to: &writer)
    }

    private static let clusterBytes: UInt64 = 64 << 10

    private static func writeBackingCounters(_ pools: [Pool], to writer: inout MetricsWriter) {
        func counter(
            _ name: StaticString, _ help: StaticString, _ label: StaticString,
            _ rows: [(StaticString, (BackingStatistics) -> UInt64)], _ writer: inout MetricsWriter
        ) {
            writer.family(name, .counter, help: help)
            for pool in pools {
                for (word, value) in rows {
                    writer.sample(
                        value(pool.backing), MetricLabel("device", pool.name),
                        MetricLabel(label, word.description))
                }
            }
        }
        counter(
            "jitfs_pool_backing_requests_total", "Requests to the backing store.", "operation",
            [("read", \.readRequests), ("write", \.writeRequests)], &writer)
        counter(
            "jitfs_pool_backing_bytes_total", "Bytes read from and written to the backing store.", "operation",
            [("read", { $0.blocksRead * 4096 }), ("write", { $0.writeRequests * clusterBytes })], &writer)
        counter(
            "jitfs_pool_backing_failures_total", "Requests to the backing store that failed.", "operation",
            [("read", \.readFailures), ("write", \.writeFailures)], &writer)
        counter(
            "jitfs_pool_backing_moved_pages_total",
            "Pages that went out of memory, came back, and were moved where garbage was collected.",
            "operation",
            [("spill", \.pagesSpilled), ("promote", \.pagesPromoted), ("collect", \.pagesMoved)], &writer)
    }
}

extension PoolMetrics.Pool {
    init(_ pool: PagePool) {
        self.init(
            name: pool.name, statistics: pool.statistics, backing: pool.backingStatistics,
            disksizeBytes: pool.disksizeBytes, memLimitBytes: pool.memLimitBytes, scrub: pool.scrubReport)
    }
}
