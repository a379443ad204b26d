internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine

/// `trace`: what the ring buffers hold, oldest first, rendered while it is read; nothing is consumed.
///
/// It ends with what there was when it was opened, however fast writers are.
final class TraceDocument: OpenFile, @unchecked Sendable {
    // Sendable: an open file is used by one thread at a time.
    private enum Stage { case head, records, done }

    private var cursor: TraceCursor
    private var renderer: RecordRenderer
    private var payload = ByteBuffer()
    private var stage = Stage.head
    private var left: UInt64

    init(_ instance: TraceInstance, lane: Int?, _ request: ReadRequest, renderer: consuming RecordRenderer)
        throws(Failure)
    {
        // The kernel's `trace` says nothing of what was overwritten; a picture of it should.
        let tellsLosses = request.form == .chrome
        cursor = try engine { () throws(Errno) in
            try instance.makeExtent(lane: lane).makeCursor(tellsLosses: tellsLosses)
        }
        left = renderer.selection.countMax
        self.renderer = renderer
    }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        let end = buffer.count + limit
        if stage == .head {
            stage = .records
            renderer.appendHead(to: &buffer)
        }
        renderer.refresh()
        while buffer.count < end {
            guard stage == .records else { return .end }
            switch left > 0 ? cursor.step(into: &payload) : .empty {
            case .record(let header): if renderer.append(payload.span, header, to: &buffer) { left -= 1 }
            case .lost(let cpu, let count): renderer.append(lost: count, cpu: cpu, to: &buffer)
            case .empty, .ended:
                stage = .done
                renderer.appendEnd(to: &buffer)
            }
        }
        return .more
    }

    func close() {}
}
