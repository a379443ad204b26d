internal import DebugFS
internal import HTTPGateway
internal import HostFS
internal import MicroHTTPD
internal import OpenMetrics
internal import PagePool
internal import PseudoFS
internal import TraceEngine

/// What was refused: by a limit, `jitfs_refusals_total`, or for another reason, `jitfs_rejections_total`.
enum RefusalMetrics {
    static func write(
        _ gateway: GatewayStatistics, _ server: ServerCounters, _ nodes: NodeStatistics, _ owners: OwnerStatistics,
        _ engine: TraceRefusals, _ pools: PagePools, _ debug: DebugFS, _ hosts: HostRefusals,
        to writer: inout MetricsWriter
    ) {
        writer.family("jitfs_refusals_total", .counter, help: "What was refused, by the limit that was reached.")
        func limit(_ name: StaticString, _ count: UInt64, _ writer: inout MetricsWriter) {
            writer.sample(count, MetricLabel("limit", name))
        }
        limit("connections", server.refusedConnections + server.droppedConnections, &writer)
        limit("connections_per_address", server.refusedConnectionsPerAddress, &writer)
        limit("streams", UInt64(gateway.streamsRefused), &writer)
        limit("body_bytes", UInt64(gateway.bodiesRefused), &writer)
        limit("header_bytes", server.refusedHeaderBytes, &writer)
        limit("request_seconds", server.refusedRequestSeconds, &writer)
        limit("instances", engine.instances, &writer)
        limit("events", engine.events, &writer)
        limit("pools", pools.refusedCount, &writer)
        limit("batch_pages", pools.refusedBatchCount, &writer)
        limit("batch_requests", UInt64(gateway.batchesRefused), &writer)
        limit("nodes", nodes.refused, &writer)
        limit("owners", owners.refused, &writer)
        limit("watched_entries", UInt64(gateway.watchesRefused), &writer)
        limit("debugfs_entries", UInt64(debug.refusedEntryCount), &writer)
        limit("debugfs_bytes", UInt64(debug.refusedByteCount), &writer)
        limit("host_file_bytes", hosts.fileBytes, &writer)
        limit("host_files", hosts.files, &writer)
        limit("host_seconds", hosts.seconds, &writer)
        limit("unions", nodes.unionsRefused, &writer)
        limit("buffers_bytes", engine.buffersBytes, &writer)

        writer.family("jitfs_rejections_total", .counter, help: "Requests that were refused whatever the limits.")
        func reason(_ name: StaticString, _ count: UInt64, _ writer: inout MetricsWriter) {
            writer.sample(count, MetricLabel("reason", name))
        }
        reason("host", UInt64(gateway.hostsRefused), &writer)
        reason("origin", UInt64(gateway.originsRefused), &writer)
        reason("framing", UInt64(gateway.framingsRefused), &writer)
        reason("token", UInt64(gateway.tokensRefused), &writer)
        reason("authority", UInt64(gateway.authorityRefused), &writer)
        reason("malformed", server.refusedMalformed, &writer)
    }
}
