/// Reads JSON (RFC 8259) out of borrowed bytes, a value at a time.
///
/// Strict: no comments, no trailing commas, no lone surrogates, nothing behind the value, names unique, at most 64
/// levels deep. ``value()`` builds a tree.
public struct JSONReader: ~Escapable {
    let bytes: Span<UInt8>
    /// Bytes taken so far.
    public private(set) var offset = 0
    static var depthMax: Int { 64 }

    /// Starts at the first byte.
    @_lifetime(copy bytes)
    public init(_ bytes: Span<UInt8>) { self.bytes = bytes }

    /// Reads one whole document.
    ///
    /// - Parameter bytes: the text; white space around it is allowed.
    /// - Returns: the document.
    /// - Throws: ``JSONError`` with the offset of the first byte that does not belong.
    public static func document(_ bytes: Span<UInt8>) throws(JSONError) -> JSONValue {
        var reader = JSONReader(bytes)
        let value = try reader.value()
        try reader.end()
        return value
    }

    /// Requires that only white space is left.
    @_lifetime(self: copy self)
    public mutating func end() throws(JSONError) {
        skipSpace()
        if offset < bytes.count { throw error("nothing may follow the value") }
    }

    /// Reads the next value whole.
    @_lifetime(self: copy self)
    public mutating func value() throws(JSONError) -> JSONValue { try value(depth: 0) }

    @_lifetime(self: copy self)
    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        if depth > Self.depthMax { throw error("nested more than 64 deep") }
        skipSpace()
        switch peek {
        case 0x7B: return try object(depth: depth)
        case 0x5B: return try array(depth: depth)
        case 0x22: return .string(try string())
        case 0x74: try word("true"); return .boolean(true)
        case 0x66: try word("false"); return .boolean(false)
        case 0x6E: try word("null"); return .null
        default: return .number(try number())
        }
    }

    @_lifetime(self: copy self)
    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        offset += 1
        var members: [JSONValue.Member] = []
        var names: Set<String> = []
        skipSpace()
        if peek == 0x7D { offset += 1; return .object([]) }
        while true {
            skipSpace()
            if peek != 0x22 { throw error("a member's name is expected") }
            let start = offset
            let name = try string()
            if !names.insert(name).inserted {
                throw JSONError(offset: start, reason: "the member \"\(name)\" comes twice")
            }
            skipSpace()
            try take(0x3A, "a colon is expected")
            members.append(.init(name: name, value: try value(depth: depth + 1)))
            skipSpace()
            if peek == 0x2C { offset += 1; continue }
            try take(0x7D, "a comma or } is expected")
            return .object(members)
        }
    }

    @_lifetime(self: copy self)
    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        offset += 1
        var elements: [JSONValue] = []
        skipSpace()
        if peek == 0x5D { offset += 1; return .array([]) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if peek == 0x2C { offset += 1; continue }
            try take(0x5D, "a comma or ] is expected")
            return .array(elements)
        }
    }

    /// Reads a string and resolves its escapes.
    @_lifetime(self: copy self)
    public mutating func string() throws(JSONError) -> String {
        skipSpace()
        try take(0x22, "a string is expected")
        let start = offset
        while offset < bytes.count, bytes[offset] != 0x22, bytes[offset] != 0x5C, bytes[offset] >= 0x20 { offset += 1 }
        if peek == 0x22 {
            guard let text = String(exactly: bytes.extracting(start..<offset)) else {
                throw JSONError(offset: start, reason: "the string is not UTF-8")
            }
            offset += 1
            return text
        }
        return try escapedString(from: start)
    }

    @_lifetime(self: copy self)
    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        var out = ByteBuffer()
        out.append(bytes.extracting(start..<offset))
        while true {
            guard offset < bytes.count else { throw error("the string has no end") }
            let byte = bytes[offset]
            switch byte {
            case 0x22:
                offset += 1
                guard let text = String(exactly: out.span) else {
                    throw JSONError(offset: start, reason: "the string is not UTF-8")
                }
                return text
            case 0x5C: try escape(into: &out)
            case 0..<0x20: throw error("a control character must be escaped")
            default:
                out.append(byte)
                offset += 1
            }
        }
    }

    @_lifetime(self: copy self)
    private mutating func escape(into out: inout ByteBuffer) throws(JSONError) {
        offset += 1
        switch peek {
        case 0x22: out.append(0x22)
        case 0x5C: out.append(0x5C)
        case 0x2F: out.append(0x2F)
        case 0x62: out.append(0x08)
        case 0x66: out.append(0x0C)
        case 0x6E: out.append(0x0A)
        case 0x72: out.append(0x0D)
        case 0x74: out.append(0x09)
        case 0x75:
            offset += 1
            out.append(String(Character(try unicodeEscape())))
            return
        default: throw error("no such escape")
        }
        offset += 1
    }

    @_lifetime(self: copy self)
    private mutating func unicodeEscape() throws(JSONError) -> Unicode.Scalar {
        let start = offset - 2
        let first = try hexadecimal4()
        if let scalar = Unicode.Scalar(first) { return scalar }
        // A high surrogate must be followed by a low one.
        if first < 0xDC00, offset + 1 < bytes.count, bytes[offset] == 0x5C, bytes[offset + 1] == 0x75 {
            offset += 2
            let second = try hexadecimal4()
            if second >= 0xDC00, second < 0xE000,
                let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
            {
                return scalar
            }
        }
        throw JSONError(offset: start, reason: "half a surrogate pair")
    }

    @_lifetime(self: copy self)
    private mutating func hexadecimal4() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let digit: UInt32
            switch peek {
            case let byte where byte >= 0x30 && byte <= 0x39: digit = UInt32(byte - 0x30)
            case let byte where byte >= 0x41 && byte <= 0x46: digit = UInt32(byte - 0x41 + 10)
            case let byte where byte >= 0x61 && byte <= 0x66: digit = UInt32(byte - 0x61 + 10)
            default: throw error("four hexadecimal digits are expected")
            }
            value = value << 4 | digit
            offset += 1
        }
        return value
    }

    /// Reads a number and gives its text, unconverted.
    @_lifetime(self: copy self)
    public mutating func number() throws(JSONError) -> String {
        skipSpace()
        let start = offset
        if peek == 0x2D { offset += 1 }
        if peek == 0x30 { offset += 1 } else { try digits("a value is expected") }
        if peek == 0x2E { offset += 1; try digits("digits are expected after the point") }
        if peek == 0x65 || peek == 0x45 {
            offset += 1
            if peek == 0x2B || peek == 0x2D { offset += 1 }
            try digits("digits are expected in the exponent")
        }
        return String(repairing: bytes.extracting(start..<offset))
    }

    @_lifetime(self: copy self)
    private mutating func digits(_ reason: String) throws(JSONError) {
        let start = offset
        while offset < bytes.count, bytes[offset] >= 0x30, bytes[offset] <= 0x39 { offset += 1 }
        if offset == start { throw error(reason) }
    }

    @_lifetime(self: copy self)
    private mutating func word(_ word: String) throws(JSONError) {
        let length = word.utf8.count
        guard offset + length <= bytes.count, bytes.extracting(offset..<(offset + length)).equals(word) else {
            throw error("a value is expected")
        }
        offset += length
    }

    private var peek: UInt8 { offset < bytes.count ? bytes[offset] : 0 }

    @_lifetime(self: copy self)
    private mutating func take(_ byte: UInt8, _ reason: String) throws(JSONError) {
        guard offset < bytes.count, bytes[offset] == byte else { throw error(reason) }
        offset += 1
    }

    @_lifetime(self: copy self)
    private mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }

    private func error(_ reason: String) -> JSONError { JSONError(offset: offset, reason: reason) }
}
