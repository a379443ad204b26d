internal import HTTPGateway
internal import MicroHTTPD
internal import OpenMetrics
internal import PseudoFS

/// Connections, requests and answers: `jitfs_http_…`.
enum HTTPMetrics {
    private static let bounds = HistogramBounds(LatencyBuckets.boundsSeconds)

    static func write(
        _ requests: RequestStatistics, _ gateway: GatewayStatistics, _ server: ServerCounters,
        to writer: inout MetricsWriter
    ) {
        writer.family("jitfs_http_connections", .gauge, help: "Connections that are open.")
        writer.sample(server.connectionsOpen)
        writer.family(
            "jitfs_http_connections_accepted_total", .counter, help: "Connections taken, refused ones counted.")
        writer.sample(server.connectionsAccepted)
        writer.family("jitfs_http_streams", .gauge, help: "Streams that are open.")
        writer.sample(gateway.streamsOpen)
        writer.family("jitfs_http_requests_total", .counter, help: "Requests whose head was read.")
        writer.sample(server.requests)
        writer.family("jitfs_http_responses_total", .counter, help: "Answers by status code.")
        for (status, count) in requests.responses { writer.sample(count, MetricLabel("code", String(status))) }
        writer.family(
            "jitfs_http_request_duration_seconds", .histogram,
            help: "Time from the whole request to the answer that is ready, by kind of node and verb.")
        for series in requests.series {
            writer.histogram(
                series.counts, sum: Double(series.nanoseconds) / 1e9, bounds: bounds,
                MetricLabel("kind", series.content?.rawValue ?? "none"), MetricLabel("verb", series.verb.label))
        }
    }
}

extension RequestVerb {
    fileprivate var label: StaticString {
        switch self {
        case .read: "read"
        case .write: "write"
        case .append: "append"
        case .create: "create"
        case .remove: "remove"
        case .options: "options"
        case .other: "other"
        }
    }
}
