internal import Bytes

extension PrintFormat {
    /// As the kernel's `print_fields`, which the option `fields` shows: ` a=0xfffffffb (-5) s=hello`.
    static func append(fields: [EventField], of record: Span<UInt8>, to out: inout ByteBuffer) {
        for field in fields {
            out.append(0x20)
            out.append(field.name)
            out.append(0x3D)
            if field.offset + field.size > record.count {
                out.append("<OVERFLOW>")
            } else {
                append(value: field, of: record, to: &out)
            }
        }
    }

    private static func append(value field: EventField, of record: Span<UInt8>, to out: inout ByteBuffer) {
        switch field.shape {
        case .number: append(number: field, of: record, to: &out)
        case .text: out.append(field.bytes(in: record).untilNUL)
        case .dynamic(_, let isText, _):
            let bytes = field.bytes(in: record)
            if bytes.count < Int(record.number(at: field.offset, size: 4) >> 16) {
                out.append("<OVERFLOW>")
            } else if isText {
                out.append(bytes.untilNUL)
            } else {
                out.append(hexBytes: bytes, separator: 0x2C)
            }
        case .array, .opaque: out.append("<INVALID-TYPE>")
        }
    }

    private static func append(number field: EventField, of record: Span<UInt8>, to out: inout ByteBuffer) {
        let value = record.number(at: field.offset, size: field.size)
        if field.size == 1 {
            if value >= 0x20, value < 0x7F {
                out.append(0x27)
                out.append(UInt8(value))
                out.append(0x27)
            }
            out.append(0x28)
            out.append(decimal: value)
            out.append(0x29)
            return
        }
        out.append("0x")
        out.append(hexadecimal: value)
        out.append(" (")
        switch field.size {
        case 2: out.append(decimal: value)
        case 4: out.append(decimal: Int32(truncatingIfNeeded: value))
        default: out.append(decimal: Int64(bitPattern: value))
        }
        out.append(0x29)
    }
}
