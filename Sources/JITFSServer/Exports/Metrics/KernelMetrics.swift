internal import KernelTracing
internal import OpenMetrics

/// What came from the running kernel: `jitfs_kernel_…`, only where it is a source.
enum KernelMetrics {
    static func write(_ statistics: KernelStatistics, to writer: inout MetricsWriter) {
        writer.family("jitfs_kernel_pages_total", .counter, help: "Sub-buffers of the kernel's that were read.")
        writer.sample(statistics.pages)
        writer.family(
            "jitfs_kernel_pages_damaged_total", .counter, help: "Those of them that held what cannot be.")
        writer.sample(statistics.damagedPages)
        writer.family("jitfs_kernel_records_total", .counter, help: "Records of the kernel's that came in.")
        writer.sample(statistics.records)
        writer.family(
            "jitfs_kernel_records_lost_total", .counter,
            help: "Records that the kernel had overwritten before they were read.")
        writer.sample(statistics.lost)
    }
}
