internal import Bytes
internal import PseudoFS
internal import TraceEngine
internal import TraceOutput

/// Renders the records of one reader in one form: a line of ftrace text, or a JSON object.
struct RecordRenderer: ~Copyable {
    private let form: Form
    private let instance: TraceInstance
    private let engine: TraceEngine
    private let json: JSONEvents
    private var text: FtraceText
    private var events: MetEvents

    init(
        _ form: Form, int64AsString: Bool, instance: TraceInstance, engine: TraceEngine,
        descriptions: EventDescriptions
    ) {
        self.form = form
        self.instance = instance
        self.engine = engine
        json = JSONEvents(int64AsString: int64AsString)
        text = FtraceText(options: Self.options(of: instance))
        events = MetEvents(engine: engine, descriptions: descriptions)
    }

    private static func options(of instance: TraceInstance) -> FtraceText.Options {
        FtraceText.Options(instance.options, clock: instance.clock, startTime: instance.startTime)
    }

    /// Whether the text of a record depends on the one behind it.
    var looksAhead: Bool { form == .text && text.options.latencyFormat }

    /// To be called when a reader begins again after it has waited: events may be others, and options.
    mutating func refresh() {
        events.refresh()
        text.options = Self.options(of: instance)
    }

    /// Appends the line where the records of a CPU begin, in text.
    func append(startOf cpu: Int, to out: inout ByteBuffer) {
        if form == .text { text.append(startOf: cpu, to: &out) }
    }

    /// Appends a record: a line with its newline in text, an object alone in JSON.
    ///
    /// - Parameters:
    ///   - payload: its bytes.
    ///   - header: its time and CPU.
    ///   - place: where it stands, for the latency format.
    ///   - out: where it goes.
    mutating func append(
        _ payload: Span<UInt8>, _ header: TraceRecordHeader, place: FtraceText.Place = FtraceText.Place(),
        to out: inout ByteBuffer
    ) {
        let common = RecordCommon(of: payload)
        let comm = engine.comm(forPID: common.pid)
        guard let event = events.description(forType: common.type) else {
            return append(unknown: common, header, comm: comm, to: &out)
        }
        if form == .text {
            text.append(
                payload, of: event, header: header, comm: comm,
                tgid: text.options.recordTgid ? engine.tasks.tgid(ofPID: common.pid) : nil, place: place, to: &out)
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
