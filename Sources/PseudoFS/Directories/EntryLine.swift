internal import Bytes

/// The end of an entry's line in a recursive listing, written once: `enable","type":"file","mode":"0640"}`.
struct EntryLine: Sendable {
    let json: [UInt8]
    /// `enable` or `events/`, with a newline.
    let text: [UInt8]

    init(_ name: String, _ declaration: Declaration) {
        text = Array((name + (declaration.isDirectory ? "/\n" : "\n")).utf8)
        var out = ByteBuffer()
        Self.append(name.utf8Span.span, declaration, to: &out)
        json = out.array
    }

    static func append(_ name: Span<UInt8>, _ declaration: Declaration, to out: inout ByteBuffer) {
        out.append(jsonEscaped: name)
        out.append("\",\"type\":\"")
        out.append(declaration.kind.word)
        out.append("\",\"mode\":\"")
        out.append(octal: UInt64(declaration.mode), width: 4)
        out.append("\"}\n")
    }
}
