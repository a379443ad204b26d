internal import OpenMetrics
internal import PseudoFS

/// The node cache: `jitfs_nodes_…` and `jitfs_walks_total`.
enum NodeMetrics {
    static func write(_ nodes: NodeStatistics, to writer: inout MetricsWriter) {
        writer.family("jitfs_nodes_live", .gauge, help: "Nodes in the cache.")
        writer.sample(nodes.live)
        writer.family("jitfs_nodes_pinned", .gauge, help: "Nodes held by streams or by what is enabled through them.")
        writer.sample(nodes.pinned)
        writer.family("jitfs_nodes_made_total", .counter, help: "Nodes made.")
        writer.sample(nodes.made)
        writer.family("jitfs_nodes_reclaimed_total", .counter, help: "Nodes reclaimed.")
        writer.sample(nodes.reclaimed)
        writer.family(
            "jitfs_nodes_reserved_total", .counter, help: "Walks that lived on the reserve, to turn things off.")
        writer.sample(nodes.reserved)
        writer.family("jitfs_walks_total", .counter, help: "Walks along a path, by whether the cache had it whole.")
        writer.sample(nodes.hits, MetricLabel("result", "hit"))
        writer.sample(nodes.misses, MetricLabel("result", "miss"))
    }
}
