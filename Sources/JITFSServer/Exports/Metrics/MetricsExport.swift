internal import Bytes
internal import DebugFS
internal import HTTPGateway
internal import HostFS
internal import KernelTracing
internal import MicroHTTPD
internal import OpenMetrics
internal import PagePool
internal import PseudoFS
internal import TraceEngine

/// `/metrics`: what Prometheus scrapes, in both of its formats, made when it is asked for.
///
/// Costs some tens of microseconds, whatever the server holds: nothing is walked that grows with instances, events,
/// nodes, connections or pages.
final class MetricsExport: Sendable {
    private let engine: TraceEngine
    private let limits: LimitsExport
    private let start = ProcessFigures.startSeconds
    private let pools: PagePools
    private let debug: DebugFS
    private let kernel: KernelSource?
    private let hosts: HostTrees?
    private let seen = Seen()

    /// Who has this file in its tree, and so is found weakly.
    private final class Seen: @unchecked Sendable {
        // Sendable: written once, before the first walk can happen.
        weak var gateway: Gateway?
        weak var server: HTTPServer?
    }

    /// Metrics of an engine, of the kernel where it is a source, of pools, of debugfs, of host trees where there are any,
    /// and of limits.
    init(
        engine: TraceEngine, kernel: KernelSource?, pools: PagePools, debug: DebugFS, hosts: HostTrees?,
        limits: LimitsExport
    ) {
        self.kernel = kernel
        self.hosts = hosts
        self.engine = engine
        self.limits = limits
        self.pools = pools
        self.debug = debug
    }

    /// Says what else is to be told of, once it is made; kept weakly, for it has this file in its tree.
    func see(_ gateway: Gateway, _ server: HTTPServer) {
        seen.gateway = gateway
        seen.server = server
    }

    var entry: DirectoryTableEntry<Always> {
        .file(
            "metrics",
            .rendered(
                mode: 0o444, content: .document, forms: [.prometheus, .openmetrics],
                summary: "What the server has done and holds, for Prometheus.",
                open: { [self] _, request in
                    Scrape(self, request.form == .openmetrics ? .openMetrics : .prometheus)
                }))
    }

    fileprivate func text(_ format: MetricFormat) -> ByteBuffer {
        var writer = MetricsWriter(format)
        BuildMetrics.write(to: &writer)
        ProcessMetrics.write(startSeconds: start, to: &writer)
        if let gateway = seen.gateway, let server = seen.server {
            let (refusals, counters, nodes) = (gateway.statistics, server.counters, gateway.nodeStatistics)
            let owners = gateway.ownerStatistics
            HTTPMetrics.write(gateway.requestStatistics, refusals, counters, to: &writer)
            LimitMetrics.write(limits.limits, to: &writer)
            RefusalMetrics.write(
                refusals, counters, nodes, owners, engine.refusals, pools, debug, hosts?.refusals ?? HostRefusals(),
                to: &writer)
            NodeMetrics.write(nodes, to: &writer)
            OwnerMetrics.write(owners, to: &writer)
        }
        TracingMetrics.write(engine, to: &writer)
        if let kernel { KernelMetrics.write(kernel.statistics, to: &writer) }
        PoolMetrics.write(pools.pools.map(PoolMetrics.Pool.init), to: &writer)
        return writer.finish()
    }
}

/// A scrape: rendered when it is read, and given whole.
private final class Scrape: OpenFile {
    private let export: MetricsExport
    private let format: MetricFormat

    init(_ export: MetricsExport, _ format: MetricFormat) {
        self.export = export
        self.format = format
    }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        let text = export.text(format)
        buffer.append(text.span)
        return .end
    }

    func close() {}
}
