public import Bytes
public import TraceEngine

/// Records as JSON objects: the elements of `trace`, the lines of `trace_pipe`, what `user_events_data` takes back.
///
/// ```swift
/// JSONEvents().append(payload, of: event, header: header, comm: "bash", to: &out)
/// // {"timestamp_ns":1000,"cpu":0,"pid":12,"comm":"bash","event":"jit/ping","fields":{"a":-5,"b":7}}
/// ```
///
/// Holds options and no state. An object of `sched_switch` costs some 0.5 us; what is between objects (commas,
/// newlines) is the caller's.
public struct JSONEvents: Sendable {
    /// Whether 64-bit fields and the time are strings (`?int64=string`).
    public var int64AsString: Bool

    /// Makes a renderer.
    public init(int64AsString: Bool = false) { self.int64AsString = int64AsString }

    /// Appends the object of a record, without a newline.
    ///
    /// - Parameters:
    ///   - payload: the record from `common_type` on; may be cut or damaged.
    ///   - event: whose record it is.
    ///   - header: its time and CPU.
    ///   - comm: the name of its task.
    ///   - out: where the object goes.
    public func append(
        _ payload: Span<UInt8>, of event: TraceEventDescription, header: TraceRecordHeader, comm: String,
        to out: inout ByteBuffer
    ) {
        out.append("{\"timestamp_ns\":")
        if int64AsString { out.append(0x22) }
        out.append(digits: header.timestamp)
        if int64AsString { out.append(0x22) }
        out.append(",\"cpu\":")
        out.append(signed: Int64(header.cpu))
        out.append(",\"pid\":")
        out.append(signed: Int64(RecordCommon(of: payload).pid))
        out.append(",\"comm\":")
        out.append(jsonString: comm)
        out.append(0x2C)
        out.append(event.json.span)
        event.append(jsonFields: payload, options: .init(int64AsString: int64AsString), to: &out)
        out.append(0x7D)
    }

    /// Appends the object that stands where records were lost: `{"lost":580,"cpu":0}`.
    ///
    /// - Parameters:
    ///   - count: how many; nil, shown as null, where that is not known.
    ///   - cpu: of which lane.
    ///   - out: where the object goes.
    public func append(lost count: UInt64?, cpu: Int, to out: inout ByteBuffer) {
        out.append("{\"lost\":")
        if let count { out.append(decimal: count) } else { out.append("null") }
        out.append(",\"cpu\":")
        out.append(decimal: cpu)
        out.append(0x7D)
    }
}

extension TraceEventDescription {
    /// Appends the fields of a record as an object.
    func append(jsonFields payload: Span<UInt8>, options: EventFormat.JSONOptions, to out: inout ByteBuffer) {
        guard form == .rawMarker else { return format.append(fields: payload, options: options, to: &out) }
        append(rawMarker: payload, to: &out)
    }

    /// A raw marker's bytes are no text, whatever its format says: hexadecimal digits.
    private func append(rawMarker payload: Span<UInt8>, to out: inout ByteBuffer) {
        guard let id = format.fields.first, let data = format.fields.last else { return out.append("{}") }
        out.append("{\"id\":")
        out.append(decimal: id.number(in: payload))
        out.append(",\"buf\":\"")
        let bytes = data.bytes(in: payload)
        for index in bytes.indices { out.append(hexadecimal: UInt64(bytes[index]), width: 2) }
        out.append("\"}")
    }
}
