internal import Bytes
internal import TraceEngine

extension FtraceText {
    /// What stands behind the context.
    func append(body payload: Span<UInt8>, of event: TraceEventDescription, to out: inout ByteBuffer) {
        switch event.form {
        case .printed:
            out.append(event.heading.span)
            event.format.append(printOf: payload, to: &out)
            out.append(0x0A)
        case .marker:
            out.append(event.heading.span)
            append(text: payload, of: event, to: &out)
        case .rawMarker: append(rawMarker: payload, of: event, to: &out)
        case .syscallEntry: append(entry: payload, of: event, to: &out)
        case .syscallExit:
            out.append(event.heading.span)
            out.append(" -> 0x")
            out.append(hexadecimal: event.format.fields[1].number(in: payload))
            out.append(0x0A)
        }
    }

    /// A marker's text up to its NUL, as it is.
    private func append(text payload: Span<UInt8>, of event: TraceEventDescription, to out: inout ByteBuffer) {
        guard let field = event.format.fields.last else { return }
        let text = field.bytes(in: payload)
        out.append(text.extracting(0..<(text.firstIndex(of: 0) ?? text.count)))
    }

    /// `# 5 buf: 61 62 63`
    private func append(rawMarker payload: Span<UInt8>, of event: TraceEventDescription, to out: inout ByteBuffer) {
        guard let id = event.format.fields.first, let data = event.format.fields.last else { return }
        out.append("# ")
        out.append(hexadecimal: id.number(in: payload))
        out.append(" buf:")
        let bytes = data.bytes(in: payload)
        for index in bytes.indices {
            out.append(0x20)
            out.append(hexadecimal: UInt64(bytes[index]), width: 2)
        }
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
        case .marker, .rawMarker:
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
        case .rawMarker: append(rawMarker: payload, of: event, to: &out)
        default:
            out.append("type: ")
            out.append(decimal: common.type)
            out.append(0x0A)
        }
    }
}
