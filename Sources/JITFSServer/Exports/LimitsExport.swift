internal import HTTPGateway
internal import Locking
internal import MicroHTTPD
internal import PagePool
internal import PseudoFS
internal import SysFS
internal import TraceEngine

/// The limits as files under `/sys/limits`, for administrators: they say what it takes to fill a server up, and change
/// while it runs.
///
/// A new limit holds from the next that comes: what there is beyond it stays, and nothing is added. Only what libmicrohttpd
/// was told at its start cannot be changed.
final class LimitsExport: Sendable {
    private let values: Locked<LimitTable>
    private let engine: TraceEngine
    private let pools: PagePools
    private let seen = Seen()

    /// Who has these files in its tree, and so is found weakly.
    private final class Seen: @unchecked Sendable {
        // Sendable: written once, before the first walk can happen.
        weak var namespace: Namespace?
        weak var gateway: Gateway?
        weak var server: HTTPServer?
    }

    init(_ limits: LimitTable, _ engine: TraceEngine, _ pools: PagePools) {
        values = Locked(limits)
        self.engine = engine
        self.pools = pools
    }

    /// Says whose limits they are, beside the models', once that is made.
    func see(_ namespace: Namespace, _ gateway: Gateway, _ server: HTTPServer) {
        seen.namespace = namespace
        seen.gateway = gateway
        seen.server = server
    }

    /// The limits as they are now.
    var limits: LimitTable { values.withLock { $0 } }

    var attributes: [SysAttribute] {
        LimitTable.rows.map { row in
            let write: SysAttribute.Write? =
                row.isLive ? .number(row.bounds) { [self] value throws(Failure) in set(row, to: value) } : nil
            return SysAttribute(row.name, summary: row.summary, authority: .admin, write: write) { [self] in
                .number(limits[row.name])
            }
        }
    }

    /// The gate of the directory lets one write in at a time: of a model's limits, which are read and set together, no
    /// other is undone.
    private func set(_ row: LimitTable.Row, to value: UInt64) {
        values.withLock { $0.set(row, to: value) }
        let number = Int(clamping: value)
        switch row.name {
        case "connections": seen.server?.limits.connections = number
        case "connections_per_address": seen.server?.limits.connectionsPerAddress = number
        case "streams": seen.gateway?.limits.streams = number
        case "body_bytes": seen.gateway?.limits.bodyBytes = number
        case "batch_requests": seen.gateway?.limits.batchRequests = number
        case "instances": engine.limits.instancesMax = number
        case "events": engine.limits.eventsMax = number
        case "buffers_bytes": engine.limits.buffersBytesMax = number
        case "pools": pools.limits.poolsMax = number
        case "batch_pages": pools.limits.batchPagesMax = number
        case "nodes": seen.namespace?.nodeCountMax = number
        case "owners": seen.namespace?.owners.countMax = number
        case "unions": seen.namespace?.unionCountMax = number
        default: preconditionFailure("a limit that can be set, and that nobody has: \(row.name)")
        }
    }
}
