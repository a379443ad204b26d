internal import Bytes
internal import PseudoFS

/// A directory's entries as JSON or as names, rendered while they are read.
final class DirectoryListing: OpenFile, @unchecked Sendable {
    // Sendable: an open file is used by one thread at a time.
    private enum Part { case head, entries, nothing }

    private let node: Node
    private let form: Form
    private var entries: EntryPager
    private var part = Part.head
    private var isFirst = true

    init(of node: Node, entries: EntryPager, form: Form) {
        self.node = node
        self.entries = entries
        self.form = form
    }

    func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        if part == .nothing { return .end }
        if part == .head {
            if form == .json {
                buffer.appendObject(of: node)
                buffer.append(",\"entries\":[")
            }
            part = .entries
        }
        let end = buffer.count + limit
        while buffer.count < end {
            guard let entry = entries.entry() else {
                if form == .json { appendTail(to: &buffer) }
                part = .nothing
                return .end
            }
            if form == .json { appendJSON(entry, to: &buffer) } else { appendText(entry, to: &buffer) }
        }
        return .more
    }

    private func appendJSON(_ entry: DirectoryEntry, to buffer: inout ByteBuffer) {
        buffer.append(isFirst ? "{\"name\":" as StaticString : ",{\"name\":")
        isFirst = false
        buffer.append(jsonString: entry.name)
        buffer.append(",\"type\":\"")
        buffer.append(entry.declaration.kind.word)
        buffer.append("\",\"mode\":\"")
        buffer.append(octal: UInt64(entry.declaration.mode), width: 4)
        buffer.append(0x22)
        if let target = entry.target {
            buffer.append(",\"target\":")
            buffer.append(jsonString: target)
        }
        buffer.append(0x7D)
    }

    private func appendText(_ entry: DirectoryEntry, to buffer: inout ByteBuffer) {
        buffer.append(entry.name)
        buffer.append(entry.declaration.isDirectory ? "/\n" as StaticString : "\n")
    }

    private func appendTail(to buffer: inout ByteBuffer) {
        buffer.append(0x5D)
        if let next = entries.next {
            buffer.append(",\"next\":")
            buffer.append(jsonString: next)
        }
        buffer.append("}\n")
    }

    func close() {}
}
