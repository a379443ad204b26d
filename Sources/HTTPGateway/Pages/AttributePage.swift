internal import Bytes
internal import PseudoFS

/// An attribute as a page: its text, its value, and what a write would take.
struct AttributePage {
    private let node: Node
    private let address: String
    private let reading: Reading

    /// Shows one reading of a node, under the path that was asked for.
    init(node: Node, at address: String, reading: Reading) {
        self.node = node
        self.address = address
        self.reading = reading
    }

    /// Renders the page.
    ///
    /// - Parameters:
    ///   - text: the file's text.
    ///   - out: appended to.
    func append(text: Span<UInt8>, to out: inout ByteBuffer) {
        PageFrame(of: node, at: address, endsInSlash: false).appendHead(to: &out)
        var json = ByteBuffer()
        json.append("{\"value\":")
        reading.appendJSON(to: &json)
        json.append(0x7D)
        json.indentJSON(from: 0)
        out.append("<pre>\n")
        out.append(html: text)
        out.append("</pre>\n<p>As JSON:</p>\n<pre>\n")
        out.append(html: json.span)
        out.append("</pre>\n<p>")
        out.append(expected)
        out.append("</p>\n")
    }

    private var expected: StaticString {
        guard node.declaration.verbs.contains(.write) else { return "It cannot be written." }
        return switch reading.value {
        case .boolean, .null: "PUT takes 1 or 0, or {\"value\":true} as application/json."
        case .integer, .unsigned: "PUT takes a number, or {\"value\":1} as application/json."
        case .text: "PUT takes text, or {\"value\":\"…\"} as application/json."
        case .list: "PUT takes one a line, or {\"value\":[…]} as application/json."
        case .record: "PUT takes the file's own text."
        }
    }
}
