public import Bytes
public import TraceEngine

/// Records as trace events in JSON, which Perfetto, `chrome://tracing` and what stands on them open.
///
/// ```swift
/// var events = ChromeEvents(process: 3, name: "checkout")
/// events.appendHead(to: &out)
/// events.append(payload, of: event, header: header, comm: "bash", to: &out)
/// events.appendEnd(to: &out)
/// ```
///
/// The instance is the process, the task of a record its thread. A record is an instant; where a field tells a duration
/// (``TraceEventDescription`` says by which names) it is a slice that ends when the record was written, and where fields
/// count something they make counters besides. Markers in systrace's form begin and end slices and set counters. A
/// slice that would cut another one of its thread stands on a track of its own: `bash (2)`.
///
/// Times are microseconds with three digits behind the point. Holds what is open on each thread; records come in the
/// order of their times, or as good as.
public struct ChromeEvents: ~Copyable {
    private let process: UInt64
    private let name: String
    private let clockIsNanoseconds: Bool
    private var tracks = ChromeTracks()
    /// The tracks that have a name.
    private var named: Set<TrackKey> = []
    /// The thread that was named last: mostly the next one's too.
    private var namedLast: Int32?
    /// The threads of tracks beside a thread itself, by the order in which they were met.
    private var further: [TrackKey: Int] = [:]

    private struct TrackKey: Hashable {
        var pid: Int32
        var number: Int
    }

    /// Begins a document.
    ///
    /// - Parameters:
    ///   - process: a number for the instance.
    ///   - name: what the viewer calls it.
    ///   - clockIsNanoseconds: whether times are; a counter is shown as microseconds.
    public init(process: UInt64, name: String, clockIsNanoseconds: Bool = true) {
        self.process = process
        self.name = name
        self.clockIsNanoseconds = clockIsNanoseconds
    }

    /// Appends what stands before the records.
    public func appendHead(to out: inout ByteBuffer) {
        out.append("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":")
        out.append(digits: process)
        out.append(",\"tid\":0,\"args\":{\"name\":")
        out.append(jsonString: name)
        out.append("}}")
    }

    /// Appends what stands behind the records.
    public func appendEnd(to out: inout ByteBuffer) { out.append("\n]}\n") }

    /// Appends the events of a record.
    ///
    /// - Parameters:
    ///   - payload: the record from `common_type` on; may be cut or damaged.
    ///   - event: whose record it is.
    ///   - header: its time and CPU.
    ///   - comm: the name of its task.
    ///   - out: where they go.
    public mutating func append(
        _ payload: Span<UInt8>, of event: TraceEventDescription, header: TraceRecordHeader, comm: String,
        to out: inout ByteBuffer
    ) {
        let pid = RecordCommon(of: payload).pid
        nameThread(pid, comm, to: &out)
        if event.form == .marker, append(marker: payload, of: event, header, pid, to: &out) { return }
        for counter in event.chrome.counters { append(counter, payload, of: event, header, pid, to: &out) }
        if let duration = event.chrome.duration {
            append(slice: duration, payload, of: event, header, pid, comm, to: &out)
        } else {
            append(instant: payload, of: event, header, pid, to: &out)
        }
    }

    /// Appends what stands where a record's event was removed.
    public mutating func append(
        unknown common: RecordCommon, header: TraceRecordHeader, comm: String, to out: inout ByteBuffer
    ) {
        nameThread(common.pid, comm, to: &out)
        begin("i", header.timestamp, common.pid, to: &out)
        out.append(",\"s\":\"t\",\"name\":\"unknown type\",\"args\":{\"common_type\":")
        out.append(digits: UInt64(common.type))
        out.append("}}")
    }

    /// Appends what stands where records were lost.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - cpu: of which lane.
    ///   - time: that of the record before the loss, as good as it is known.
    ///   - out: where it goes.
    public func append(lost count: UInt64, cpu: Int, at time: UInt64, to out: inout ByteBuffer) {
        begin("i", time, 0, to: &out)
        out.append(",\"s\":\"p\",\"name\":\"lost events\",\"args\":{\"common_cpu\":")
        out.append(digits: UInt64(max(cpu, 0)))
        out.append(",\"lost\":")
        out.append(digits: count)
        out.append("}}")
    }

    // MARK: kinds of events

    private func append(
        instant payload: Span<UInt8>, of event: TraceEventDescription, _ header: TraceRecordHeader, _ pid: Int32,
        to out: inout ByteBuffer
    ) {
        begin("i", header.timestamp, pid, to: &out)
        out.append(",\"s\":\"t\",")
        append(arguments: payload, of: event, header, to: &out)
    }

    private mutating func append(
        slice duration: ChromeShape.Quantity, _ payload: Span<UInt8>, of event: TraceEventDescription,
        _ header: TraceRecordHeader, _ pid: Int32, _ comm: String, to out: inout ByteBuffer
    ) {
        let end = header.timestamp
        let (length, isTooLong) = duration.field.number(in: payload).multipliedReportingOverflow(by: duration.scale)
        // What would have begun before time itself is no duration.
        guard !isTooLong, length <= end, let number = tracks.place((end - length)..<end, of: pid) else {
            return append(instant: payload, of: event, header, pid, to: &out)
        }
        let thread = thread(of: TrackKey(pid: pid, number: number), comm, to: &out)
        begin("X", end - length, thread, to: &out)
        out.append(",\"dur\":")
        append(time: length, to: &out)
        out.append(0x2C)
        append(arguments: payload, of: event, header, to: &out)
    }

    private func append(
        _ counter: ChromeShape.Quantity, _ payload: Span<UInt8>, of event: TraceEventDescription,
        _ header: TraceRecordHeader, _ pid: Int32, to out: inout ByteBuffer
    ) {
        begin("C", header.timestamp, pid, to: &out)
        out.append(0x2C)
        out.append(event.chrome.naming.span)
        out.append(",\"args\":{")
        out.append(counter.key.span)
        let value = counter.field.number(in: payload)
        if counter.field.isSigned { out.append(signed: Int64(bitPattern: value)) } else { out.append(digits: value) }
        out.append("}}")
    }

    /// Appends what a marker in systrace's form means.
    ///
    /// - Returns: false where it is not one, and shall be an instant.
    private mutating func append(
        marker payload: Span<UInt8>, of event: TraceEventDescription, _ header: TraceRecordHeader, _ pid: Int32,
        to out: inout ByteBuffer
    ) -> Bool {
        guard let field = event.format.fields.last else { return false }
        let bytes = field.bytes(in: payload)
        let text = bytes.extracting(0..<(bytes.firstIndex(of: 0) ?? bytes.count)).withoutNewline
        guard let marker = SystraceMarker(text) else { return false }
        switch marker {
        case .begin(let name):
            guard tracks.begin(pid, at: header.timestamp) else { return false }
            begin("B", header.timestamp, pid, to: &out)
            out.append(",\"cat\":\"marker\",\"name\":")
            out.append(jsonString: text.extracting(name))
        case .end:
            // One whose beginning was overwritten ends nothing.
            guard tracks.end(pid, at: header.timestamp) else { return true }
            begin("E", header.timestamp, pid, to: &out)
        case .counter(let name, let value):
            begin("C", header.timestamp, pid, to: &out)
            out.append(",\"cat\":\"marker\",\"name\":")
            out.append(jsonString: text.extracting(name))
            out.append(",\"args\":{\"value\":")
            out.append(text.extracting(value))
            out.append(0x7D)
        }
        out.append(0x7D)
        return true
    }

    // MARK: parts

    /// Appends `,{"ph":"i","ts":12.345,"pid":1,"tid":42`.
    private func begin(_ phase: StaticString, _ time: UInt64, _ thread: Int32, to out: inout ByteBuffer) {
        out.append(",\n{\"ph\":\"")
        out.append(phase)
        out.append("\",\"ts\":")
        append(time: time, to: &out)
        out.append(",\"pid\":")
        out.append(digits: process)
        out.append(",\"tid\":")
        out.append(digits: UInt64(UInt32(bitPattern: thread)))
    }

    private func append(time: UInt64, to out: inout ByteBuffer) {
        guard clockIsNanoseconds else { return out.append(digits: time) }
        out.append(digits: time / 1000)
        out.append(0x2E)
        out.append(digits: time % 1000, width: 3, zeroes: true)
    }

    /// Appends what the event is called, its fields, and the CPU, which no field can be called.
    private func append(
        arguments payload: Span<UInt8>, of event: TraceEventDescription, _ header: TraceRecordHeader,
        to out: inout ByteBuffer
    ) {
        out.append(event.chrome.naming.span)
        out.append(",\"args\":")
        let start = out.count
        event.append(jsonFields: payload, options: .init(largeAsString: true), to: &out)
        out.truncate(to: out.count - 1)
        if out.count > start + 1 { out.append(0x2C) }
        out.append("\"common_cpu\":")
        out.append(digits: UInt64(max(header.cpu, 0)))
        out.append("}}")
    }

    /// The thread that stands for a track, named when it is met first.
    private mutating func thread(of track: TrackKey, _ comm: String, to out: inout ByteBuffer) -> Int32 {
        if track.number == 0 { return track.pid }
        let number = further[track] ?? further.count
        further[track] = number
        nameTrack(track, comm, to: &out)
        return Self.thread(ofFurther: number)
    }

    /// Threads that are none: from the top downwards, where there are no pids.
    private static func thread(ofFurther number: Int) -> Int32 { Int32.max - Int32(truncatingIfNeeded: number) }

    private mutating func nameThread(_ pid: Int32, _ comm: String, to out: inout ByteBuffer) {
        if pid == namedLast { return }
        namedLast = pid
        nameTrack(TrackKey(pid: pid, number: 0), comm, to: &out)
    }

    private mutating func nameTrack(_ track: TrackKey, _ comm: String, to out: inout ByteBuffer) {
        guard named.insert(track).inserted else { return }
        let thread = track.number == 0 ? track.pid : Self.thread(ofFurther: further[track] ?? 0)
        out.append(",\n{\"ph\":\"M\",\"name\":\"thread_name\",\"pid\":")
        out.append(digits: process)
        out.append(",\"tid\":")
        out.append(digits: UInt64(UInt32(bitPattern: thread)))
        out.append(",\"args\":{\"name\":")
        if track.number == 0 {
            out.append(jsonString: comm)
        } else {
            out.append(jsonString: "\(comm) (\(track.number + 1))")
        }
        out.append("}}")
    }
}
