internal import OpenMetrics

/// The limits themselves, so that what is used can be shown beside them: `jitfs_limit`.
enum LimitMetrics {
    static func write(_ limits: LimitTable, to writer: inout MetricsWriter) {
        writer.family("jitfs_limit", .gauge, help: "The limits, each in the unit that its name says.")
        for row in LimitTable.rows { writer.sample(limits[row.name], MetricLabel("limit", row.name)) }
    }
}
