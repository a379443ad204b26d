internal import OpenMetrics
internal import PseudoFS

/// The node cache: `jitfs_nodes_…` by type of file system, and `jitfs_walks_total`.
enum NodeMetrics {
    static func write(_ nodes: NodeStatistics, to writer: inout MetricsWriter) {
        func write(_ value: (NodeCounts) -> UInt64, _ writer: inout MetricsWriter) {
            for part in nodes.parts { writer.sample(value(part.nodes), MetricLabel("filesystem", part.type)) }
        }
        writer.family("jitfs_nodes_live", .gauge, help: "Nodes in the cache.")
        write({ UInt64($0.live) }, &writer)
        writer.family("jitfs_nodes_pinned", .gauge, help: "Nodes held by streams or by what is enabled through them.")
        write({ UInt64($0.pinned) }, &writer)
        writer.family("jitfs_nodes_eager", .gauge, help: "Nodes made with their directories and never reclaimed.")
        write({ UInt64($0.eager) }, &writer)
        writer.family("jitfs_nodes_bytes", .gauge, help: "Memory that nodes, their paths and their tables take.")
        write({ UInt64($0.bytes) }, &writer)
        writer.family("jitfs_nodes_made_total", .counter, help: "Nodes made.")
        write(\.made, &writer)
        writer.family("jitfs_nodes_reclaimed_total", .counter, help: "Nodes reclaimed.")
        write(\.reclaimed, &writer)
        writer.family(
            "jitfs_nodes_reserved_total", .counter, help: "Walks that lived on the reserve, to turn things off.")
        writer.sample(nodes.reserved)
        writer.family("jitfs_walks_total", .counter, help: "Walks along a path, by whether the cache had it whole.")
        writer.sample(nodes.hits, MetricLabel("result", "hit"))
        writer.sample(nodes.misses, MetricLabel("result", "miss"))
    }
}
