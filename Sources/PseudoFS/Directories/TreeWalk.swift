public import Bytes

/// `find d`: every entry below a directory, depth first, rendered while it is read.
///
/// Holds one reader for each level and the path so far, whatever the size of the tree, and makes no node. What is
/// removed meanwhile is left out; what is made meanwhile may be.
public final class TreeWalk: OpenFile, @unchecked Sendable {
    // Sendable: an open file is used by one thread at a time.
    private struct Level {
        let reader: DirectoryReader
        let prefixLength: Int
    }

    private let form: Form
    private var levels: [Level]
    private var prefix = ByteBuffer()  // `{"path":"/a/b/` or `/a/b/`

    /// Starts below a directory.
    ///
    /// - Parameters:
    ///   - node: the directory.
    ///   - form: `.ndjson`, an object a line; `.text`, a path a line.
    /// - Throws: ENOTDIR.
    public init(below node: Node, form: Form) throws(Failure) {
        self.form = form
        levels = [Level(reader: try node.entries(), prefixLength: 0)]
        let path = node.path
        if form == .ndjson {
            prefix.append("{\"path\":\"")
            prefix.append(jsonEscaped: path.span)
        } else {
            prefix.append(path.span)
        }
        if path.span.count > 1 { prefix.append(0x2F) }
        levels[0] = Level(reader: levels[0].reader, prefixLength: prefix.count)
    }

    /// Renders entries until the limit is passed.
    public func read(into buffer: inout ByteBuffer, limit: Int) -> ReadStep {
        let end = buffer.count + limit
        while buffer.count < end {
            guard let level = levels.last else { return .end }
            guard let entry = level.reader.next() else {
                levels.removeLast()
                continue
            }
            prefix.truncate(to: level.prefixLength)
            append(entry, to: &buffer)
            if entry.declaration.isDirectory { descend(into: entry, from: level) }
        }
        return .more
    }

    private func append(_ entry: DirectoryEntry, to buffer: inout ByteBuffer) {
        buffer.append(prefix.span)
        if form == .text {
            buffer.append(entry.name)
            buffer.append(entry.declaration.isDirectory ? "/\n" as StaticString : "\n")
        } else if let line = entry.line {
            buffer.append(line.json.span)
        } else {
            EntryLine.append(entry.name.utf8Span.span, entry.declaration, to: &buffer)
        }
    }

    private func descend(into entry: DirectoryEntry, from level: Level) {
        guard let reader = level.reader.descend() else { return }
        if form == .ndjson {
            prefix.append(jsonEscaped: entry.name.utf8Span.span)
        } else {
            prefix.append(entry.name)
        }
        prefix.append(0x2F)
        levels.append(Level(reader: reader, prefixLength: prefix.count))
    }

    /// Nothing is held but memory.
    public func close() {}
}
