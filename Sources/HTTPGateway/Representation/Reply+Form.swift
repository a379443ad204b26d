internal import Bytes
internal import PseudoFS

extension Reply {
    /// Adds the headers that go with a form.
    mutating func addHeaders(of form: Form) {
        addHeaders(form.headers)
        if form == .html { addHeader("Content-Security-Policy", PageStyle.policy) }
    }
}

extension ByteBuffer {
    /// Begins the object of a node and leaves it open: `{"path":"/…","type":"file","mode":"0640"`.
    mutating func appendObject(of node: Node) {
        append("{\"path\":\"")
        let path = node.path
        append(jsonEscaped: path.span)
        let declaration = node.declaration
        append("\",\"type\":\"")
        append(declaration.kind.word)
        append("\",\"mode\":\"")
        append(octal: UInt64(declaration.mode), width: 4)
        append(0x22)
    }

    /// Indents the JSON that stands from an offset on.
    mutating func indentJSON(from start: Int) {
        var compact = ByteBuffer(capacity: count - start)
        compact.append(span.extracting(start..<count))
        truncate(to: start)
        var indenter = JSONIndenter()
        indenter.append(compact.span, to: &self)
        indenter.finish(to: &self)
    }
}
