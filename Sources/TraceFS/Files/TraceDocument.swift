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

    /// In one piece, so that a read asks once whether it may be changed.
    private var reading: TraceReading
    private let instance: TraceInstance
    private var pauses = false

    init(
        _ instance: TraceInstance, lane: Int?, _ request: ReadRequest, renderer: consuming RecordRenderer,
        ofSnapshot: Bool = false
    ) throws(Failure) {
        // The kernel's `trace` says nothing of what was overwritten; a picture of it should.
        let tellsLosses = request.form == .chrome
        let cursor = try engine { () throws(Errno) in
            let extent = try ofSnapshot ? instance.makeSnapshotExtent(lane: lane) : instance.makeExtent(lane: lane)
            return extent.makeCursor(tellsLosses: tellsLosses)
        }
        self.instance = instance
        reading = TraceReading(
            instance, lane: lane, form: request.form, isSnapshot: ofSnapshot, cursor: cursor, renderer: renderer)
        if !ofSnapshot { pauses = instance.beginPause() }
    }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep { reading.read(into: &buffer, limit: limit) }

    func close() {
        if pauses { instance.endPause() }
        pauses = false
    }
}

/// How far a `trace` was read.
private struct TraceReading: ~Copyable {
    private enum Stage { case head, records, done }

    private let instance: TraceInstance
    private let lane: Int?
    private let form: Form
    private let isSnapshot: Bool
    private var cursor: TraceCursor
    private var renderer: RecordRenderer
    private var payload = ByteBuffer()
    /// The record behind the one to be shown, where that is to be known.
    private var ahead = ByteBuffer()
    private var aheadHeader: TraceRecordHeader?
    private var index: UInt64 = 0
    /// The CPUs of which a record was shown; nil where nobody wants to know.
    private var started: Set<Int>?
    private var stage = Stage.head

    /// Records that are left out in one read, so that a connection does not keep its thread for all of them.
    private static let skippedMax = 65536

    init(
        _ instance: TraceInstance, lane: Int?, form: Form, isSnapshot: Bool, cursor: consuming TraceCursor,
        renderer: consuming RecordRenderer
    ) {
        self.instance = instance
        self.lane = lane
        self.form = form
        self.isSnapshot = isSnapshot
        self.cursor = cursor
        self.renderer = renderer
    }

    mutating func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        let end = buffer.count + limit
        if stage == .head { appendHead(to: &buffer) }
        renderer.refresh()
        var skipped = 0
        while buffer.count < end {
            guard stage == .records else { return .end }
            switch index < renderer.selection.countMax ? step() : .empty {
            case .record(let header):
                guard renderer.wants(payload, header) else {
                    skipped += 1
                    if skipped == Self.skippedMax { return .more }
                    continue
                }
                index += 1
                announce(header.cpu, to: &buffer)
                let place = FtraceText.Place(index: index, next: aheadHeader?.timestamp)
                renderer.append(payload, header, place: place, to: &buffer)
            case .lost(let cpu, let count): renderer.append(lost: count, cpu: cpu, to: &buffer)
            case .empty, .ended:
                stage = .done
                renderer.appendEnd(to: &buffer)
            }
        }
        return .more
    }

    /// The next record, in `payload`; the one behind it in `ahead`, where that is to be known.
    @inline(__always)
    private mutating func step() -> TraceStep { renderer.looksAhead ? stepAhead() : cursor.step(into: &payload) }

    private mutating func stepAhead() -> TraceStep {
        if aheadHeader == nil { aheadHeader = nextWanted() }
        guard let header = aheadHeader else { return .empty }
        swap(&payload, &ahead)
        aheadHeader = nextWanted()
        return .record(header)
    }

    /// The next record that is wanted, in `ahead`.
    private mutating func nextWanted() -> TraceRecordHeader? {
        while true {
            switch cursor.step(into: &ahead) {
            case .record(let header): if renderer.wants(ahead, header) { return header }
            // The latency format has no line for it.
            case .lost: continue
            case .empty, .ended: return nil
            }
        }
    }

    /// Says where a CPU's records begin, but for the first of all.
    private mutating func announce(_ cpu: Int, to out: inout ByteBuffer) {
        guard started?.insert(cpu).inserted == true, index > 1 else { return }
        renderer.append(startOf: cpu, to: &out)
    }

    private mutating func appendHead(to out: inout ByteBuffer) {
        stage = .records
        let counts = isSnapshot ? instance.snapshotEntryCounts : instance.entryCounts
        let options = instance.options
        let isAnnotated = options.has(.annotate) && !options.has(.raw) && !options.has(.hex) && !options.has(.bin)
        if isAnnotated, counts.written > counts.inBuffer { started = [] }
        if form == .text, isSnapshot, counts.inBuffer == 0 {
            SnapshotHelp.append(isAllocated: instance.hasSnapshot, isOfLane: lane != nil, to: &out)
        } else {
            renderer.append(headOf: counts, isAllocated: isSnapshot ? instance.hasSnapshot : nil, to: &out)
        }
    }
}
