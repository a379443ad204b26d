internal import Bytes
internal import PseudoFS
internal import SystemPackage
internal import TraceEngine
internal import TraceOutput

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
    private let isSnapshot: Bool
    private let lane: Int?
    private var payload = ByteBuffer()
    /// The record behind the one to be shown, where that is to be known.
    private var ahead = ByteBuffer()
    private var aheadHeader: TraceRecordHeader?
    private var index: UInt64 = 0
    /// The CPUs of which a record was shown; nil where nobody wants to know.
    private var started: Set<Int>?
    private var pauses = false
    private var stage = Stage.head
    private var isFirst = true

    init(
        _ instance: TraceInstance, lane: Int?, _ request: ReadRequest, renderer: consuming RecordRenderer,
        ofSnapshot: Bool = false
    ) throws(Failure) {
        self.instance = instance
        self.lane = lane
        isSnapshot = ofSnapshot
        form = request.form
        cursor = try engine { () throws(Errno) in
            try ofSnapshot ? instance.makeSnapshotCursor(lane: lane) : instance.makeCursor(lane: lane)
        }
        self.renderer = renderer
        if !ofSnapshot { pauses = instance.beginPause() }
    }

    private var counts: (inBuffer: UInt64, written: UInt64) {
        isSnapshot ? instance.snapshotEntryCounts : instance.entryCounts
    }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        let end = buffer.count + limit
        if stage == .head { appendHead(to: &buffer) }
        while buffer.count < end {
            guard stage == .records else { return .end }
            switch step() {
            case .record(let header):
                appendSeparator(to: &buffer)
                index += 1
                announce(header.cpu, to: &buffer)
                let place = FtraceText.Place(index: index, next: aheadHeader?.timestamp)
                renderer.append(payload.span, header, place: place, to: &buffer)
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

    /// The next record, in `payload`; the one behind it in `ahead`, where that is to be known.
    private func step() -> TraceStep {
        guard renderer.looksAhead else { return cursor.step(into: &payload) }
        if aheadHeader == nil, case .record(let first) = cursor.step(into: &ahead) { aheadHeader = first }
        guard let header = aheadHeader else { return .empty }
        swap(&payload, &ahead)
        if case .record(let next) = cursor.step(into: &ahead) { aheadHeader = next } else { aheadHeader = nil }
        return .record(header)
    }

    /// Says where a CPU's records begin, but for the first of all.
    private func announce(_ cpu: Int, to out: inout ByteBuffer) {
        guard started?.insert(cpu).inserted == true, index > 1 else { return }
        renderer.append(startOf: cpu, to: &out)
    }

    private func appendHead(to out: inout ByteBuffer) {
        stage = .records
        let counts = counts
        let options = instance.options
        let isAnnotated = options.has(.annotate) && !options.has(.raw) && !options.has(.hex) && !options.has(.bin)
        if isAnnotated, counts.written > counts.inBuffer { started = [] }
        switch form {
        case .text:
            if isSnapshot, counts.inBuffer == 0 {
                SnapshotHelp.append(isAllocated: instance.hasSnapshot, isOfLane: lane != nil, to: &out)
            } else {
                renderer.append(headOf: counts, to: &out)
            }
        case .json:
            out.append("{\"instance\":")
            out.append(jsonString: instance.name)
            if isSnapshot {
                out.append(",\"allocated\":")
                out.append(instance.hasSnapshot ? "true" : "false")
            }
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

    func close() {
        if pauses { instance.endPause() }
        pauses = false
    }
}
