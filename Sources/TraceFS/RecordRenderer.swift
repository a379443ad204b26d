internal import Bytes
internal import PseudoFS
internal import TraceEngine
internal import TraceOutput

/// Renders the records of one reader in one form: a whole document of them, or one after the other.
///
/// In text a record is a line; in JSON an object, which stands behind a comma in a document and before a newline in
/// lines; for Chrome's viewers one event or several.
struct RecordRenderer: ~Copyable {
    let selection: RecordSelection
    private let form: Form
    private let engine: TraceEngine
    private let instance: TraceInstance
    private let json: JSONEvents
    private var text: FtraceText
    private var chrome: ChromeEvents
    private var events: MetEvents
    private var tasks: TaskNames
    private var isFirst = true
    private var lastTime: UInt64 = 0

    init(
        _ form: Form, of instance: TraceInstance, _ selection: RecordSelection, int64AsString: Bool,
        engine: TraceEngine, descriptions: EventDescriptions
    ) {
        self.form = form
        self.selection = selection
        self.engine = engine
        self.instance = instance
        json = JSONEvents(int64AsString: int64AsString)
        text = FtraceText(options: Self.options(of: instance))
        chrome = ChromeEvents(
            process: instance.id, name: instance.name.isEmpty ? "/tracing" : instance.name,
            clockIsNanoseconds: text.options.clockIsNanoseconds)
        events = MetEvents(engine: engine, descriptions: descriptions, selection: selection)
        tasks = TaskNames(engine: engine)
    }

    private static func options(of instance: TraceInstance) -> FtraceText.Options {
        FtraceText.Options(instance.options, clock: instance.clock, startTime: instance.startTime)
    }

    /// Whether the text of a record depends on the one behind it.
    var looksAhead: Bool { form == .text && text.options.latencyFormat }

    /// To be called when a reader begins again: names may have changed.
    mutating func refresh() { tasks.refresh() }

    /// To be called when a reader begins again after it has waited: events may be others, and options.
    mutating func refreshAll() {
        refresh()
        events.refresh()
        text.options = Self.options(of: instance)
    }

    /// Whether a record is wanted.
    @inline(__always)
    mutating func wants(_ record: borrowing ByteBuffer, _ header: TraceRecordHeader) -> Bool {
        events.wants(RecordCommon(of: record.span).type, at: header.timestamp)
    }

    /// Appends the line where the records of a CPU begin, in text.
    func append(startOf cpu: Int, to out: inout ByteBuffer) {
        if form == .text { text.append(startOf: cpu, to: &out) }
    }

    /// Appends a record.
    ///
    /// - Parameters:
    ///   - record: its bytes.
    ///   - header: its time and CPU.
    ///   - place: where it stands, for the latency format.
    ///   - out: where it goes.
    mutating func append(
        _ record: borrowing ByteBuffer, _ header: TraceRecordHeader, place: FtraceText.Place = FtraceText.Place(),
        to out: inout ByteBuffer
    ) {
        let payload = record.span
        let common = RecordCommon(of: payload)
        let shape = events.look(up: common.type).shape
        let comm = tasks.comm(forPID: common.pid, source: header.source)
        lastTime = header.timestamp
        appendSeparator(to: &out)
        if let shape {
            append(payload, of: shape.description, header, common.pid, comm, place, to: &out)
        } else {
            append(unknown: common, header, comm: comm, to: &out)
        }
        if form == .ndjson { out.append(0x0A) }
    }

    private mutating func append(
        _ payload: Span<UInt8>, of event: TraceEventDescription, _ header: TraceRecordHeader, _ pid: Int32,
        _ comm: String, _ place: FtraceText.Place, to out: inout ByteBuffer
    ) {
        switch form {
        case .text:
            let tgid = text.options.recordTgid ? engine.tasks.tgid(ofPID: pid) : nil
            text.append(payload, of: event, header: header, comm: comm, tgid: tgid, place: place, to: &out)
        case .chrome: chrome.append(payload, of: event, header: header, comm: comm, to: &out)
        default: json.append(payload, of: event, header: header, comm: comm, to: &out)
        }
    }

    private mutating func appendSeparator(to out: inout ByteBuffer) {
        if form == .json, !isFirst { out.append(0x2C) }
        isFirst = false
    }

    /// A record of an event that was removed: its bytes can no longer be understood.
    private mutating func append(
        unknown common: RecordCommon, _ header: TraceRecordHeader, comm: String, to out: inout ByteBuffer
    ) {
        switch form {
        case .text:
            out.append("Unknown type ")
            out.append(decimal: common.type)
            out.append(0x0A)
        case .chrome: chrome.append(unknown: common, header: header, comm: comm, to: &out)
        default:
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
    mutating func append(lost count: UInt64, cpu: Int, to out: inout ByteBuffer) {
        appendSeparator(to: &out)
        switch form {
        case .text: text.append(lost: count, cpu: cpu, to: &out)
        case .chrome: chrome.append(lost: count, cpu: cpu, at: lastTime, to: &out)
        default: json.append(lost: count, cpu: cpu, to: &out)
        }
        if form == .ndjson { out.append(0x0A) }
    }

    /// Appends what stands before the records of a document.
    ///
    /// - Parameters:
    ///   - counts: the two numbers of the header.
    ///   - isAllocated: of a snapshot, whether there is memory for one.
    ///   - out: where it goes.
    func append(
        headOf counts: (inBuffer: UInt64, written: UInt64), isAllocated: Bool? = nil, to out: inout ByteBuffer
    ) {
        switch form {
        case .text:
            text.append(
                headerOf: "nop", entries: counts.inBuffer, written: counts.written, cpus: engine.lanes, to: &out)
        case .json:
            out.append("{\"instance\":")
            out.append(jsonString: instance.name)
            if let isAllocated {
                out.append(",\"allocated\":")
                out.append(isAllocated ? "true" as StaticString : "false")
            }
            out.append(",\"entries_in_buffer\":")
            out.append(decimal: counts.inBuffer)
            out.append(",\"entries_written\":")
            out.append(decimal: counts.written)
            out.append(",\"events\":[")
        case .chrome: chrome.appendHead(to: &out)
        default: break
        }
    }

    /// Appends what stands behind the records of a document.
    func appendEnd(to out: inout ByteBuffer) {
        switch form {
        case .json: out.append("]}\n")
        case .chrome: chrome.appendEnd(to: &out)
        default: break
        }
    }
}
