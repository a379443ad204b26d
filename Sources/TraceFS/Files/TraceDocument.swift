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

    private let instance: TraceInstance
    private let form: Form
    private var cursor: TraceCursor
    private var renderer: RecordRenderer
    private var payload = ByteBuffer()
    private var stage = Stage.head
    private var isFirst = true

    init(_ instance: TraceInstance, lane: Int?, _ request: ReadRequest, renderer: consuming RecordRenderer)
        throws(Failure)
    {
        self.instance = instance
        form = request.form
        cursor = try engine { () throws(Errno) in try instance.makeCursor(lane: lane) }
        self.renderer = renderer
    }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        let end = buffer.count + limit
        if stage == .head { appendHead(to: &buffer) }
        while buffer.count < end {
            guard stage == .records else { return .end }
            switch cursor.step(into: &payload) {
            case .record(let header):
                appendSeparator(to: &buffer)
                renderer.append(payload.span, header, to: &buffer)
                if form == .ndjson { buffer.append(0x0A) }
            case .lost(let cpu, let count):
                appendSeparator(to: &buffer)
                renderer.append(lost: count, cpu: cpu, to: &buffer)
                if form == .ndjson { buffer.append(0x0A) }
            case .empty, .ended:
                stage = .done
                if form == .json { buffer.append("]}\n") }
            }
        }
        return .more
    }

    private func appendHead(to out: inout ByteBuffer) {
        stage = .records
        let counts = instance.entryCounts
        switch form {
        case .text: renderer.append(headOf: counts, to: &out)
        case .json:
            out.append("{\"instance\":")
            out.append(jsonString: instance.name)
            out.append(",\"entries_in_buffer\":")
            out.append(decimal: counts.inBuffer)
            out.append(",\"entries_written\":")
            out.append(decimal: counts.written)
            out.append(",\"events\":[")
        default: break
        }
    }

    private func appendSeparator(to out: inout ByteBuffer) {
        if form == .json, !isFirst { out.append(0x2C) }
        isFirst = false
    }

    func close() {}
}
