internal import Bytes

/// The ends of the lines of a directory in which there are only files, one behind the other: most of a recursive listing is
/// such directories, and counting references for each of their files took half of its time.
struct FlatLines: Sendable {
    let json: [UInt8]
    let text: [UInt8]
    /// For each entry, where its lines end, and whether it is there only sometimes.
    let marks: [(json: Int32, text: Int32, isConditional: Bool)]

    init(_ entries: [EntryDefinition]) {
        var json: [UInt8] = []
        var text: [UInt8] = []
        marks = entries.map { entry in
            json += entry.line.json
            text += entry.line.text
            return (Int32(json.count), Int32(text.count), entry.isConditional)
        }
        self.json = json
        self.text = text
    }
}

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
