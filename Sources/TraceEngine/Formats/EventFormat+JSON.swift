public import Bytes

extension EventFormat {
    /// How fields become JSON.
    public struct JSONOptions: Sendable, Equatable {
        /// Whether every field of 8 bytes is a string: for browsers and old `jq`, whose numbers end at 2^53.
        public var int64AsString: Bool

        /// Whether numbers beyond 2^53 are strings: for readers that take all numbers for doubles.
        public var largeAsString: Bool

        /// Makes options.
        public init(int64AsString: Bool = false, largeAsString: Bool = false) {
            self.int64AsString = int64AsString
            self.largeAsString = largeAsString
        }

        @inline(__always)
        fileprivate func quotes(_ value: UInt64, isSigned: Bool) -> Bool {
            if int64AsString || !largeAsString { return int64AsString }
            return (isSigned ? Int64(bitPattern: value).magnitude : value) > 1 << 53
        }
    }

    /// Appends a record's own fields as a JSON object: `{"a":-5,"b":7,"s":"hello","d":255}`.
    ///
    /// Numbers carry the field's sign; `bool` is true or false; `char[]` is a string up to its first NUL, and what is
    /// not UTF-8 in it becomes U+FFFD; arrays are arrays of numbers; a structure is a string of hexadecimal digits.
    /// What a cut record lacks is zero or empty. Posted back (``encode(_:common:)``), it gives the same record.
    ///
    /// - Parameters:
    ///   - record: its payload, from `common_type` on.
    ///   - options: how numbers of 8 bytes are written.
    ///   - out: where the object goes. Some 0.2 us for seven fields.
    public func append(fields record: Span<UInt8>, options: JSONOptions = JSONOptions(), to out: inout ByteBuffer) {
        out.append(0x7B)
        let columns = self.columns.columns.span
        let keys = self.columns.keys.span
        for index in columns.indices {
            let column = columns[index]
            out.append(keys.extracting(Int(column.keyStart)..<Int(column.keyEnd)))
            append(column, of: record, options, to: &out)
        }
        out.append(0x7D)
    }

    private func append(
        _ column: FieldColumns.Column, of record: Span<UInt8>, _ options: JSONOptions, to out: inout ByteBuffer
    ) {
        switch column.kind {
        case .number: append(numberAt: Int(column.offset), column, of: record, options, to: &out)
        case .boolean:
            if record.number(at: Int(column.offset), size: 1) != 0 { out.append("true") } else { out.append("false") }
        case .text: out.append(jsonString: column.bytes(in: record).untilNUL)
        case .array: append(array: column, column.bytes(in: record), options, to: &out)
        case .opaque:
            out.append(0x22)
            out.append(hexBytes: column.bytes(in: record), separator: 0)
            out.append(0x22)
        }
    }

    private func append(
        numberAt offset: Int, _ column: FieldColumns.Column, of bytes: Span<UInt8>, _ options: JSONOptions,
        to out: inout ByteBuffer
    ) {
        let value = bytes.number(at: offset, size: Int(column.elementSize))
            .extended(size: column.elementSize, isSigned: column.isSigned)
        let isQuoted = column.elementSize == 8 && options.quotes(value, isSigned: column.isSigned)
        if isQuoted { out.append(0x22) }
        if column.isSigned { out.append(signed: Int64(bitPattern: value)) } else { out.append(digits: value) }
        if isQuoted { out.append(0x22) }
    }

    private func append(
        array column: FieldColumns.Column, _ bytes: Span<UInt8>, _ options: JSONOptions, to out: inout ByteBuffer
    ) {
        out.append(0x5B)
        var offset = 0
        while offset + Int(column.elementSize) <= bytes.count {
            if offset > 0 { out.append(0x2C) }
            append(numberAt: offset, column, of: bytes, options, to: &out)
            offset += Int(column.elementSize)
        }
        out.append(0x5D)
    }
}
