internal import Bytes

/// Walks over a catalogue file and gives its events, and what is none, one after the other.
struct CatalogueCutter: ~Escapable {
    /// What was found.
    enum Part {
        case entry(CatalogueText.Entry)
        case problem(CatalogueText.Problem)
    }

    private let text: Span<UInt8>
    private var offset = 0
    private var line = 1

    @_lifetime(copy text)
    init(_ text: Span<UInt8>) { self.text = text }

    /// The next event or problem, or nil at the end.
    @_lifetime(self: copy self)
    mutating func next() -> Part? {
        while offset < text.count {
            let start = line
            let heading = takeLine()
            let content = text.extracting(heading).trimmed
            if content.isEmpty { continue }
            guard let (system, name) = names(in: heading) else {
                if content[0] == 0x23 { continue }
                skipToHeading()
                return .problem(.init(line: start, reason: "a line \"# SYSTEM/NAME\" is expected"))
            }
            return entry(system, name, line: start)
        }
        return nil
    }

    @_lifetime(self: copy self)
    private mutating func entry(_ system: Range<Int32>, _ name: Range<Int32>, line heading: Int) -> Part {
        let start = offset
        let firstLine = line
        skipToHeading()
        var end = offset
        while end > start, text[end - 1] == 0x0A { end -= 1 }
        // The last newline belongs to the text.
        end = min(end + 1, offset)
        let format = text.extracting(start..<end)
        do throws(FormatError) {
            let inner = try EventFormat.validate(format)
            guard format.extracting(inner).equals(slice(name)) else {
                return .problem(.init(line: firstLine, reason: "the name is not that of the line above"))
            }
        } catch {
            return .problem(.init(line: firstLine + error.line - 1, reason: error.reason))
        }
        return .entry(.init(system: system, name: name, format: Int32(start)..<Int32(end), line: heading))
    }

    // MARK: lines

    /// The next line, without its newline.
    @_lifetime(self: copy self)
    private mutating func takeLine() -> Range<Int> {
        let start = offset
        while offset < text.count, text[offset] != 0x0A { offset += 1 }
        let end = offset
        if offset < text.count { offset += 1 }
        line += 1
        return start..<end
    }

    @_lifetime(self: copy self)
    private mutating func skipToHeading() {
        while offset < text.count {
            let (start, number) = (offset, line)
            if text[offset] == 0x23, names(in: takeLine()) != nil {
                (offset, line) = (start, number)
                return
            }
            if offset == start { _ = takeLine() }
        }
    }

    /// The names of a line `# SYSTEM/NAME`.
    private func names(in heading: Range<Int>) -> (system: Range<Int32>, name: Range<Int32>)? {
        let start = heading.lowerBound
        guard heading.count > 4, text[start] == 0x23, text[start + 1] == 0x20 else { return nil }
        var slash = start + 2
        while slash < heading.upperBound, isNameByte(text[slash]) { slash += 1 }
        guard slash > start + 2, slash + 1 < heading.upperBound, text[slash] == 0x2F else { return nil }
        for index in (slash + 1)..<heading.upperBound where !isNameByte(text[index]) { return nil }
        return (Int32(start + 2)..<Int32(slash), Int32(slash + 1)..<Int32(heading.upperBound))
    }

    private func isNameByte(_ byte: UInt8) -> Bool { PrintLexer.isWord(byte) || byte == 0x2D || byte == 0x2E }

    @_lifetime(copy self)
    private func slice(_ range: Range<Int32>) -> Span<UInt8> {
        text.extracting(Int(range.lowerBound)..<Int(range.upperBound))
    }
}
