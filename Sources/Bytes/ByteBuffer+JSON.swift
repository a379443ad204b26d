extension ByteBuffer {
    /// Appends a JSON string with its quotes; bytes that are not UTF-8 come out as U+FFFD.
    ///
    /// - Parameter text: any bytes.
    public mutating func append(jsonString text: Span<UInt8>) {
        append(0x22)
        append(jsonEscaped: text)
        append(0x22)
    }

    /// Appends a JSON string with its quotes.
    public mutating func append(jsonString text: String) {
        append(0x22)
        append(jsonEscaped: text.utf8Span.span)
        append(0x22)
    }

    /// Appends the inside of a JSON string, without quotes.
    ///
    /// - Parameter text: any bytes; what is not UTF-8 comes out as U+FFFD, control characters as escapes.
    public mutating func append(jsonEscaped text: Span<UInt8>) {
        let plain = text.plainJSONLength(from: 0)
        if plain == text.count {
            append(text)
            return
        }
        append(text.extracting(0..<plain))
        let rest = text.extracting(plain..<text.count)
        if let whole = String(exactly: rest) {
            appendEscaping(whole.utf8Span.span)
        } else {
            appendEscaping(String(repairing: rest).utf8Span.span)
        }
    }

    private mutating func appendEscaping(_ text: Span<UInt8>) {
        for index in text.indices {
            let byte = text[index]
            switch byte {
            case 0x22: append("\\\"")
            case 0x5C: append("\\\\")
            case 0x0A: append("\\n")
            case 0x0D: append("\\r")
            case 0x09: append("\\t")
            case 0..<0x20, 0x7F:
                append("\\u")
                append(hexadecimal: UInt64(byte), width: 4)
            default: append(byte)
            }
        }
    }

    /// Appends a value as compact JSON.
    public mutating func append(json value: JSONValue) {
        switch value {
        case .null: append("null")
        case .boolean(true): append("true")
        case .boolean(false): append("false")
        case .number(let text): append(text)
        case .string(let text): append(jsonString: text)
        case .array(let elements):
            append(0x5B)
            for (index, element) in elements.enumerated() {
                if index > 0 { append(0x2C) }
                append(json: element)
            }
            append(0x5D)
        case .object(let members):
            append(0x7B)
            for (index, member) in members.enumerated() {
                if index > 0 { append(0x2C) }
                append(jsonString: member.name)
                append(0x3A)
                append(json: member.value)
            }
            append(0x7D)
        }
    }
}
