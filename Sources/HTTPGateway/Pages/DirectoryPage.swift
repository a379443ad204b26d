internal import Bytes
internal import PseudoFS

/// A directory as a page: a row for each entry, with what it is, and the value where that is short. Rendered while it is
/// read.
final class DirectoryPage: OpenFile, @unchecked Sendable {
    // Sendable: an open file is used by one thread at a time.
    private enum Part { case head, entries, nothing }

    /// Bytes of a value that a row shows.
    private static let valueBytesMax = 80

    private let frame: PageFrame
    private let authority: Authority
    private var entries: EntryPager
    private var part = Part.head
    private var prefix = ByteBuffer()

    /// Opens a page.
    ///
    /// - Parameters:
    ///   - node: the directory.
    ///   - address: the path under which it is shown.
    ///   - entries: what is on the page.
    ///   - endsInSlash: whether the page's own address does.
    ///   - authority: of the reader, who sees the values that this allows.
    init(of node: Node, at address: String, entries: EntryPager, endsInSlash: Bool, authority: Authority) {
        frame = PageFrame(of: node, at: address, endsInSlash: endsInSlash)
        self.entries = entries
        self.authority = authority
        frame.appendEntryPrefix(to: &prefix)
    }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        if part == .nothing { return .end }
        if part == .head {
            frame.appendHead(to: &buffer)
            frame.appendParentLink(to: &buffer)
            buffer.append("<table>\n<tr><th>name<th>mode<th>value<th>what it is</tr>\n")
            part = .entries
        }
        let end = buffer.count + limit
        while buffer.count < end {
            guard let entry = entries.entry() else {
                appendTail(to: &buffer)
                part = .nothing
                return .end
            }
            append(entry, to: &buffer)
        }
        return .more
    }

    private func append(_ entry: DirectoryEntry, to buffer: inout ByteBuffer) {
        let declaration = entry.declaration
        // What cannot be read leads nowhere.
        let isLink = declaration.verbs.contains(.read)
        buffer.append("<tr><td>")
        if isLink { appendLink(to: entry, &buffer) }
        buffer.append(html: entry.name)
        if declaration.isDirectory { buffer.append(0x2F) }
        buffer.append(isLink ? "</a><td>" as StaticString : "<td>")
        buffer.append(octal: UInt64(declaration.mode), width: 4)
        buffer.append("<td>")
        if let target = entry.target {
            buffer.append("→ ")
            buffer.append(html: target)
        }
        appendValue(declaration, to: &buffer)
        buffer.append("<td>")
        buffer.append(html: declaration.summary)
        buffer.append("</tr>\n")
    }

    private func appendLink(to entry: DirectoryEntry, _ buffer: inout ByteBuffer) {
        buffer.append("<a href=\"")
        buffer.append(prefix.span)
        buffer.append(percentEncoded: entry.name.utf8Span.span)
        if entry.declaration.isDirectory { buffer.append(0x2F) }
        if showsAsText(entry.declaration) { buffer.append("?format=text") }
        buffer.append("\">")
    }

    /// Whether a browser is led to the text: what has no page of its own it would show as one long line, or save.
    private func showsAsText(_ declaration: Declaration) -> Bool {
        !declaration.isDirectory && !declaration.forms.contains(.html) && declaration.forms.contains(.text)
    }

    private func appendValue(_ declaration: Declaration, to buffer: inout ByteBuffer) {
        guard declaration.content == .attribute, authority >= declaration.readAuthority,
            let reading = entries.reading()
        else { return }
        var text = ByteBuffer()
        text.append(text: reading.value)
        let line = text.span.withoutNewline
        guard line.count <= Self.valueBytesMax, line.firstIndex(of: 0x0A) == nil else { return buffer.append("…") }
        buffer.append(html: line)
    }

    private func appendTail(to buffer: inout ByteBuffer) {
        buffer.append("</table>\n")
        guard let next = entries.next else { return }
        buffer.append("<p><a href=\"?after=")
        buffer.append(percentEncoded: next.utf8Span.span)
        buffer.append("\">more</a></p>\n")
    }

    func close() {}
}
