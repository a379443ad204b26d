internal import Bytes
internal import HTTPGateway
internal import PseudoFS
internal import TraceEngine

/// What the front tells, as the event `jitfs/request`.
final class RequestTracepoint: GatewayProbe {
    private let tracepoint: Tracepoint
    private static let offsets = OwnEvents.request.offsets
    private static let fixedSize = OwnEvents.request.fixedSize

    init(_ tracepoint: Tracepoint) { self.tracepoint = tracepoint }

    var isEnabled: Bool { tracepoint.isEnabled }

    func answered(method: Method, status: UInt16, path: Span<UInt8>, bytes: Int) {
        tracepoint.fire(fixedSize: Self.fixedSize) { record in
            record.store(method.word, at: Self.offsets[0])
            record.store(status, at: Self.offsets[1])
            record.store(UInt64(max(bytes, 0)), at: Self.offsets[2])
            record.store(text: path, at: Self.offsets[3])
        }
    }
}

extension Method {
    /// The method's name as eight bytes of text.
    fileprivate var word: UInt64 {
        let name: StaticString =
            switch self {
            case .get: "GET"
            case .head: "HEAD"
            case .put: "PUT"
            case .post: "POST"
            case .delete: "DELETE"
            case .options: "OPTIONS"
            case .other: "?"
            }
        return name.description.utf8.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// What the node cache tells, as the events `jitfs/node_made` and `jitfs/node_reclaimed`.
final class NodeTracepoints: NodeProbe {
    private let made: Tracepoint
    private let reclaimed: Tracepoint

    init(made: Tracepoint, reclaimed: Tracepoint) {
        self.made = made
        self.reclaimed = reclaimed
    }

    var isEnabled: Bool { made.isEnabled || reclaimed.isEnabled }

    func made(_ node: Node) { fire(made, node) }
    func reclaimed(_ node: Node) { fire(reclaimed, node) }

    private func fire(_ tracepoint: Tracepoint, _ node: Node) {
        let path = node.path
        tracepoint.fire(fixedSize: OwnEvents.nodeMade.fixedSize) { record in record.store(text: path.span, at: 8) }
    }
}
