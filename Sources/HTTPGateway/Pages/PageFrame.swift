internal import Bytes
internal import PseudoFS

/// What every page has around its contents: the head, the way up, what the node is, and its other forms.
struct PageFrame {
    private let node: Node
    private let names: [String]
    private let endsInSlash: Bool

    /// Frames a node's page.
    ///
    /// - Parameters:
    ///   - node: what is shown.
    ///   - address: the path under which it is shown: another than its own, where that leads through a link or a union.
    ///   - endsInSlash: whether the page's own address does: what links are relative to.
    init(of node: Node, at address: String, endsInSlash: Bool) {
        self.node = node
        self.endsInSlash = endsInSlash
        names = address.split(separator: "/").map(String.init)
    }

    /// Everything before the contents.
    func appendHead(to out: inout ByteBuffer) {
        out.append("<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n")
        out.append("<meta name=\"viewport\" content=\"width=device-width\">\n<title>")
        let path = node.path
        out.append(html: path.span)
        out.append("</title>\n<style>")
        out.append(PageStyle.sheet)
        out.append("</style>\n<h1>")
        appendWay(to: &out)
        out.append("</h1>\n<p>")
        out.append(html: node.declaration.summary)
        out.append("</p>\n<nav>")
        out.append(node.declaration.kind.word)
        out.append(", mode ")
        out.append(octal: UInt64(node.declaration.mode), width: 4)
        for form in node.declaration.forms where form != .html {
            out.append(" · <a href=\"?format=")
            out.append(form.rawValue)
            out.append("\">")
            out.append(form.rawValue)
            out.append("</a>")
        }
        if node.declaration.isDirectory { out.append(" · <a href=\"?recursive\">everything below</a>") }
        out.append("</nav>\n")
    }

    /// Every directory from the root on, each a link but the last.
    private func appendWay(to out: inout ByteBuffer) {
        if names.isEmpty { return out.append(0x2F) }
        out.append("<a href=\"")
        appendAscent(to: 0, &out)
        out.append("\">/</a> ")
        for (index, name) in names.enumerated() {
            if index > 0 { out.append(" / ") }
            let isLast = index == names.count - 1
            if !isLast {
                out.append("<a href=\"")
                appendAscent(to: index + 1, &out)
                out.append("\">")
            }
            out.append(html: name)
            if !isLast { out.append("</a>") }
        }
    }

    /// The relative address of the directory that has so many names, from this page.
    private func appendAscent(to depth: Int, _ out: inout ByteBuffer) {
        let steps = names.count - depth - (endsInSlash ? 0 : 1)
        if steps <= 0 { return out.append("./") }
        for _ in 0..<steps { out.append("../") }
    }

    /// The relative address of this page's directory, before the name of an entry.
    func appendEntryPrefix(to out: inout ByteBuffer) {
        out.append("./")
        if !endsInSlash, let name = names.last {
            out.append(percentEncoded: name.utf8Span.span)
            out.append(0x2F)
        }
    }

    /// The relative address of the directory above; nothing for the root.
    func appendParentLink(to out: inout ByteBuffer) {
        if names.isEmpty { return }
        out.append("<p><a href=\"")
        appendAscent(to: names.count - 1, &out)
        out.append("\">..</a></p>\n")
    }
}
