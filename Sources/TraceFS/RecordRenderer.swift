internal import Bytes
internal import PseudoFS
internal import TraceEngine
internal import TraceOutput

/// Renders the records of one reader in one form: a line of ftrace text, or a JSON object.
struct RecordRenderer: ~Copyable {
    private let form: Form
    private let engine: TraceEngine
    private let json: JSONEvents
    private let text: FtraceText
    private var events: MetEvents

    init(_ form: Form, int64AsString: Bool, clock: TraceClock, engine: TraceEngine, descriptions: EventDescriptions) {
        self.form = form
        self.engine = engine
        json = JSONEvents(int64AsString: int64AsString)
        var options = FtraceText.Options()
        options.clockIsNanoseconds = clock.name != "counter"
        text = FtraceText(options: options)
        events = MetEvents(engine: engine, descriptions: descriptions)
    }

    /// To be called when a reader begins again after it has waited.
    mutating func refresh() { events.refresh() }

    /// Appends a record: a line with its newline in text, an object alone in JSON.
    mutating func append(_ payload: Span<UInt8>, _ header: TraceRecordHeader, to out: inout ByteBuffer) {
        let common = RecordCommon(of: payload)
        let comm = engine.comm(forPID: common.pid, source: header.source)
        guard let event = events.description(forType: common.type) else {
            return append(unknown: common, header, comm: comm, to: &out)
        }
        if form == .text {
            text.append(payload, of: event, header: header, comm: comm, to: &out)
        } else {
            json.append(payload, of: event, header: header, comm: comm, to: &out)
        }
    }

    /// A record of an event that was removed: its bytes can no longer be understood.
    private func append(
        unknown common: RecordCommon, _ header: TraceRecordHeader, comm: String, to out: inout ByteBuffer
    ) {
        if form == .text {
            out.append("Unknown type ")
            out.append(decimal: common.type)
            out.append(0x0A)
        } else {
            out.append("{\"timestamp_ns\":")
            out.append(decimal: header.timestamp)
            out.append(",\"cpu\":")
            out.append(decimal: header.cpu)
            out.append(",\"pid\":")
            out.append(decimal: common.pid)
            out.append(",\"comm\":")
            out.append(jsonString: comm)
            out.append(",\"event\":null,\"fields\":{}}")
        }
    }

    /// Appends what stands where records were lost.
    func append(lost count: UInt64, cpu: Int, to out: inout ByteBuffer) {
        if form == .text {
            text.append(lost: count, cpu: cpu, to: &out)
        } else {
            json.append(lost: count, cpu: cpu, to: &out)
        }
    }

    /// Appends the head of the text of `trace`.
    func append(headOf counts: (inBuffer: UInt64, written: UInt64), to out: inout ByteBuffer) {
        text.append(headerOf: "nop", entries: counts.inBuffer, written: counts.written, cpus: engine.lanes, to: &out)
    }
}
