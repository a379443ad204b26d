internal import Bytes
internal import TraceEngine

extension FtraceText {
    /// What stands behind the context; the line begins at `start` in `out`.
    func append(
        body payload: Span<UInt8>, of event: TraceEventDescription, from start: Int, to out: inout ByteBuffer
    ) {
        switch event.form {
        case .printed:
            out.append(event.heading.span)
            event.format.append(printOf: payload, to: &out)
            out.append(0x0A)
        case .marker:
            appendMarkerHeading(of: event, to: &out)
            append(text: payload, of: event, to: &out)
        case .rawMarker: append(rawMarker: payload, of: event, from: start, to: &out)
        case .stack: out.append(event.heading.span)
        case .syscallEntry: append(entry: payload, of: event, to: &out)
        case .syscallExit:
            out.append(event.heading.span)
            out.append(" -> 0x")
            out.append(hexadecimal: event.format.fields[1].number(in: payload))
            out.append(0x0A)
        }
    }

    /// `tracing_mark_write: `, with what `sym-offset` and `sym-addr` put behind the name. There is no function, so that
    /// both are 0.
    private func appendMarkerHeading(of event: TraceEventDescription, to out: inout ByteBuffer) {
        guard options.symOffset || options.symAddr else { return out.append(event.heading.span) }
        out.append("tracing_mark_write")
        if options.symOffset { out.append("+0x0/0x0") }
        if options.symAddr { out.append(" <0000000000000000>") }
        out.append(": ")
    }

    /// A marker's text up to its NUL, as it is.
    func append(text payload: Span<UInt8>, of event: TraceEventDescription, to out: inout ByteBuffer) {
        guard let field = event.format.fields.last else { return }
        let text = field.bytes(in: payload)
        out.append(text.extracting(0..<(text.firstIndex(of: 0) ?? text.count)))
    }

    /// Bytes of a line at most, as the kernel's `trace_seq` has it: what a raw marker does not have room for is missing,
    /// with its newline.
    private static var lineMax: Int { 8155 }

    /// `# 5 buf: 61 62 63`, in a line that begins at `start`.
    private func append(
        rawMarker payload: Span<UInt8>, of event: TraceEventDescription, from start: Int, to out: inout ByteBuffer
    ) {
        guard let id = event.format.fields.first, let data = event.format.fields.last else { return }
        out.append("# ")
        out.append(hexadecimal: id.number(in: payload))
        out.append(" buf:")
        let bytes = data.bytes(in: payload)
        for index in bytes.indices {
            guard out.count - start + 3 <= Self.lineMax else { return }
            out.append(0x20)
            out.append(hexadecimal: UInt64(bytes[index]), width: 2)
        }
        guard out.count - start + 1 <= Self.lineMax else { return }
        out.append(0x0A)
    }

    /// `sys_read(fd: 3, buf: 0x7ffe, count: 0x400)`: below ten in decimal.
    private func append(entry payload: Span<UInt8>, of event: TraceEventDescription, to out: inout ByteBuffer) {
        out.append(event.heading.span)
        out.append(0x28)
        for index in 1..<max(event.format.fields.count, 1) {
            let field = event.format.fields[index]
            if index > 1 { out.append(", ") }
            if options.verbose {
                out.append(field.type)
                out.append(0x20)
            }
            out.append(field.name)
            out.append(": ")
            let value = field.number(in: payload)
            if value >= 10 { out.append("0x") }
            out.append(hexadecimal: value)
        }
        out.append(")\n")
    }

    // MARK: other options

    /// `ping: a=0xfffffffb (-5) s=hello`, as the option `fields` shows.
    func append(
        fields payload: Span<UInt8>, _ common: RecordCommon, of event: TraceEventDescription,
        to out: inout ByteBuffer
    ) {
        switch event.form {
        case .marker, .rawMarker, .stack:
            out.append("UNKNOWN TYPE ")
            out.append(decimal: common.type)
        default:
            out.append(event.name)
            out.append(0x3A)
            PrintFormat(showing: event.format.fields).append(payload, to: &out)
        }
        out.append(0x0A)
    }

    /// `9802 0 2129942923670 type: 2326`, as the option `raw` shows.
    func append(
        raw payload: Span<UInt8>, _ common: RecordCommon, of event: TraceEventDescription,
        _ header: TraceRecordHeader, to out: inout ByteBuffer
    ) {
        if options.contextInfo {
            out.append(signed: Int64(common.pid))
            out.append(0x20)
            out.append(signed: Int64(header.cpu))
            out.append(0x20)
            out.append(digits: header.timestamp)
            out.append(0x20)
        }
        switch event.form {
        case .marker:
            out.append("# ")
            out.append(hexadecimal: event.format.fields.first?.number(in: payload) ?? 0)
            out.append(0x20)
            append(text: payload, of: event, to: &out)
        case .rawMarker: append(rawMarker: payload, of: event, from: out.count, to: &out)
        default: append(typeOf: common, to: &out)
        }
    }

    private func append(typeOf common: RecordCommon, to out: inout ByteBuffer) {
        out.append("type: ")
        out.append(decimal: common.type)
        out.append(0x0A)
    }

    /// `0000264a 00000000 000001eeb5f288e7 type: 5` and an empty line, as the option `hex` shows.
    func append(hexadecimal common: RecordCommon, _ header: TraceRecordHeader, to out: inout ByteBuffer) {
        if options.contextInfo {
            out.append(hexadecimal: UInt64(UInt32(bitPattern: common.pid)), width: 8)
            out.append(0x20)
            out.append(hexadecimal: UInt64(UInt32(truncatingIfNeeded: header.cpu)), width: 8)
            out.append(0x20)
            out.append(hexadecimal: header.timestamp, width: 16)
            out.append(0x20)
        }
        append(typeOf: common, to: &out)
        out.append(0x0A)
    }

    /// Pid, CPU and time in 16 bytes, and `type: 5`, as the option `bin` shows.
    func append(binary common: RecordCommon, _ header: TraceRecordHeader, to out: inout ByteBuffer) {
        if options.contextInfo {
            append(bytes: 4, of: UInt64(UInt32(bitPattern: common.pid)), to: &out)
            append(bytes: 4, of: UInt64(UInt32(truncatingIfNeeded: header.cpu)), to: &out)
            append(bytes: 8, of: header.timestamp, to: &out)
        }
        append(typeOf: common, to: &out)
    }

    private func append(bytes count: Int, of value: UInt64, to out: inout ByteBuffer) {
        for index in 0..<count { out.append(UInt8(truncatingIfNeeded: value >> UInt64(index * 8))) }
    }
}
