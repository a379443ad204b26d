internal import OpenMetrics

/// What runs: `jitfs_build_info`.
enum BuildMetrics {
    static func write(to writer: inout MetricsWriter) {
        writer.family("jitfs_build_info", .info, help: "1, with the version of jitfs that runs.")
        writer.sample(1, MetricLabel("version", Server.version))
    }
}
