internal import OpenMetrics
internal import PseudoFS

/// Owners of entries: `jitfs_owners…`.
enum OwnerMetrics {
    static func write(_ owners: OwnerStatistics, to writer: inout MetricsWriter) {
        writer.family("jitfs_owners", .gauge, help: "Owners of entries that have a name in the tree.")
        writer.sample(owners.live)
        writer.family("jitfs_owners_made_total", .counter, help: "Owners made.")
        writer.sample(owners.made)
        writer.family(
            "jitfs_owners_ended_total", .counter,
            help: "Owners that took their entries along, because they were released or because their lease ran out.")
        writer.sample(owners.released, MetricLabel("reason", "released"))
        writer.sample(owners.expired, MetricLabel("reason", "expired"))
    }
}
