public import Bytes

extension EventFormat {
    /// How fields become JSON.
    public struct JSONOptions: Sendable, Equatable {
        /// Whether every field of 8 bytes is a string: for browsers and old `jq`, whose numbers end at 2^53.
        public var int64AsString: Bool

        /// Makes options.
        public init(int64AsString: Bool = false) { self.int64AsString = int64AsString }
    }

    /// Appends a record's own fields as a JSON object: `{"a":-5,"b":7,"s":"hello","d":255}`.
    ///
    /// Numbers carry the field's sign; `bool` is true or false; `char[]` is a string up to its first NUL, and what is not
    /// UTF-8 in it becomes U+FFFD; arrays are arrays of numbers; a structure is a string of hexadecimal digits. What a cut
    /// record lacks is zero or empty. Posted back (``encode(_:common:)``), it gives the same record.
    ///
    /// - Parameters:
    ///   - record: its payload, from `common_type` on.
    ///   - options: how numbers of 8 bytes are written.
    ///   - out: where the object goes. Some 0.2 us for seven fields.
    public func append(fields record: Span<UInt8>, options: JSONOptions = JSONOptions(), to out: inout ByteBuffer) {
        out.append(0x7B)
        for index in fields.indices {
            keys.append(index, to: &out)
            append(fields[index], of: record, options, to: &out)
        }
        out.append(0x7D)
    }

    private func append(
        _ field: EventField, of record: Span<UInt8>, _ options: JSONOptions, to out: inout ByteBuffer
    ) {
        switch field.shape {
        case .number:
            if field.size == 1, field.type == "bool" {
                if field.number(in: record) != 0 { out.append("true") } else { out.append("false") }
                return
            }
            append(field.number(in: record), size: field.size, field.isSigned, options, to: &out)
        case .text: out.append(jsonString: field.bytes(in: record).untilNUL)
        case .array(let elementSize, _):
            append(array: field.bytes(in: record), elementSize, field.isSigned, options, to: &out)
        case .dynamic(_, isText: true, _): out.append(jsonString: field.bytes(in: record).untilNUL)
        case .dynamic(let elementSize, _, _):
            append(array: field.bytes(in: record), elementSize, field.isSigned, options, to: &out)
        case .opaque:
            out.append(0x22)
            out.append(hexBytes: field.bytes(in: record), separator: 0)
            out.append(0x22)
        }
    }

    private func append(
        _ value: UInt64, size: Int, _ isSigned: Bool, _ options: JSONOptions, to out: inout ByteBuffer
    ) {
        let quoted = size == 8 && options.int64AsString
        if quoted { out.append(0x22) }
        if isSigned { out.append(decimal: Int64(bitPattern: value)) } else { out.append(decimal: value) }
        if quoted { out.append(0x22) }
    }

    private func append(
        array bytes: Span<UInt8>, _ elementSize: Int, _ isSigned: Bool, _ options: JSONOptions,
        to out: inout ByteBuffer
    ) {
        out.append(0x5B)
        var offset = 0
        while offset + elementSize <= bytes.count {
            if offset > 0 { out.append(0x2C) }
            let value = bytes.number(at: offset, size: elementSize)
            append(
                value.extended(size: UInt8(elementSize), isSigned: isSigned), size: elementSize, isSigned, options,
                to: &out)
            offset += elementSize
        }
        out.append(0x5D)
    }
}
