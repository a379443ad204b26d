public import Bytes

/// `find d`: every entry below a directory, depth first, rendered while it is read.
///
/// Holds one reader for each level and the path so far, whatever the size of the tree, and makes no node. It follows no
/// link, and stays out of what is not entered from above. What is
/// removed meanwhile is left out; what is made meanwhile may be.
public final class TreeWalk: OpenFile, @unchecked Sendable {
    // Sendable: an open file is used by one thread at a time.
    private struct Level {
        let reader: DirectoryReader
        let prefixLength: Int
    }

    private let form: Form
    private let look: Look
    private var levels: [Level]
    private var prefix = ByteBuffer()  // `{"path":"/a/b/` or `/a/b/`

    /// Starts below a directory.
    ///
    /// - Parameters:
    ///   - node: the directory.
    ///   - form: `.ndjson`, an object a line; `.text`, a path a line.
    ///   - look: who reads.
    /// - Throws: ENOTDIR.
    public init(below node: Node, form: Form, look: Look = Look()) throws(Failure) {
        self.form = form
        self.look = look
        levels = [Level(reader: try node.entries(look), prefixLength: 0)]
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
            if entry.declaration.isDirectory { descend(into: entry, from: level, to: &buffer) }
        }
        return .more
    }

    private func append(_ entry: DirectoryEntry, to buffer: inout ByteBuffer) {
        if let line = entry.line { return append(line, to: &buffer) }
        buffer.append(prefix.span)
        if form == .text {
            buffer.append(entry.name)
            buffer.append(entry.declaration.isDirectory ? "/\n" as StaticString : "\n")
        } else {
            EntryLine.append(entry.name.utf8Span.span, entry.declaration, to: &buffer)
        }
    }

    private func append(_ line: EntryLine, to buffer: inout ByteBuffer) {
        buffer.append(prefix.span)
        buffer.append(form == .text ? line.text.span : line.json.span)
    }

    private func descend(into entry: DirectoryEntry, from level: Level, to buffer: inout ByteBuffer) {
        guard let (resolved, binding) = level.reader.lastResolved(), resolved.isEnteredFromAbove,
            let definition = resolved.directory
        else { return }
        if form == .ndjson {
            prefix.append(jsonEscaped: entry.name.utf8Span.span)
        } else {
            prefix.append(entry.name)
        }
        prefix.append(0x2F)
        guard let lines = definition.flatLines else {
            levels.append(Level(reader: DirectoryReader(definition, binding, look), prefixLength: prefix.count))
            return
        }
        // Most directories of a tracing instance: a handful of lines each, for which a reader would cost more than they.
        if binding.isDead { return }
        append(lines, of: definition, binding, to: &buffer)
    }

    private func append(
        _ lines: FlatLines, of definition: DirectoryDefinition, _ binding: Binding, to buffer: inout ByteBuffer
    ) {
        let ends = form == .text ? lines.text : lines.json
        var start = 0
        for index in lines.marks.indices {
            let (json, text, isConditional) = lines.marks[index]
            let end = Int(form == .text ? text : json)
            if !isConditional || definition.entries[index].exists(in: binding) {
                buffer.append(prefix.span)
                buffer.append(ends.span.extracting(start..<end))
            }
            start = end
        }
    }

    /// Nothing is held but memory.
    public func close() {}
}
