internal import Bytes

/// Reads a `format` text line by line without allocating: what validation and parsing share.
struct FormatScanner: ~Escapable {
    /// The lines before the fields.
    struct Head {
        let name: Range<Int>
        let id: Int
    }

    /// One `field:` line: ranges of the text and the three numbers.
    struct Line {
        let declaration: Range<Int>
        let name: Range<Int>
        let brackets: Range<Int>?
        let offset: Int
        let size: Int
        let isSigned: Bool
    }

    private let text: Span<UInt8>
    private var offset = 0
    private var commonSeen = 0
    static var recordSizeMax: Int { 65_535 }

    @_lifetime(copy text)
    init(_ text: Span<UInt8>) { self.text = text }

    // MARK: the parts, in the order of the text

    @_lifetime(self: copy self)
    mutating func head() throws(FormatError) -> Head {
        try take("name: ")
        let start = offset
        while offset < text.count, text[offset] != 0x0A { offset += 1 }
        guard isWord(start..<offset) else {
            throw error("the event's name takes letters, digits and _", at: start)
        }
        let name = start..<offset
        try take("\n")
        try take("ID: ")
        let id = try number(max: 65_535)
        try take("\n")
        try take("format:\n")
        return Head(name: name, id: id)
    }

    /// The next field, or nil where `print fmt:` begins.
    @_lifetime(self: copy self)
    mutating func field() throws(FormatError) -> Line? {
        while offset < text.count, text[offset] == 0x0A { offset += 1 }
        if offset < text.count, text[offset] == 0x70 { return nil }
        try take("\tfield:")
        let declaration = try declarationRange()
        let (name, brackets) = try split(declaration)
        try take(";\toffset:")
        let place = try number(max: Self.recordSizeMax)
        try take(";\tsize:")
        let size = try number(max: Self.recordSizeMax)
        if place + size > Self.recordSizeMax {
            throw error("the field ends beyond \(Self.recordSizeMax) bytes", at: declaration.lowerBound)
        }
        try take(";\tsigned:")
        let sign = try number(max: 1)
        try take(";\n")
        noteCommon(name, place, size)
        return Line(
            declaration: declaration, name: name, brackets: brackets, offset: place, size: size, isSigned: sign == 1)
    }

    /// What follows `print fmt: `, without newlines at the end.
    @_lifetime(self: copy self)
    mutating func printText() throws(FormatError) -> Range<Int> {
        if commonSeen != 0b1111 {
            throw error("the fields common_type, common_flags, common_preempt_count and common_pid must come first")
        }
        try take("print fmt: ")
        var end = text.count
        while end > offset, text[end - 1] == 0x0A || text[end - 1] == 0x20 { end -= 1 }
        if end == offset { throw error("the print fmt is empty") }
        defer { offset = text.count }
        return offset..<end
    }

    // MARK: a field's declaration

    /// The `type name` of a line; ends before its semicolon.
    @_lifetime(self: copy self)
    private mutating func declarationRange() throws(FormatError) -> Range<Int> {
        let start = offset
        while offset < text.count, text[offset] != 0x3B, text[offset] != 0x0A { offset += 1 }
        if offset >= text.count || text[offset] != 0x3B { throw error("a semicolon is expected") }
        return start..<offset
    }

    /// Finds the name, which stands last, and the brackets behind it.
    private func split(_ declaration: Range<Int>) throws(FormatError) -> (name: Range<Int>, brackets: Range<Int>?) {
        var end = declaration.upperBound
        var brackets: Range<Int>?
        if end > declaration.lowerBound, text[end - 1] == 0x5D {
            var open = end - 1
            while open > declaration.lowerBound, text[open] != 0x5B { open -= 1 }
            brackets = open..<end
            end = open
        }
        var start = end
        while start > declaration.lowerBound, isIdentifierByte(text[start - 1]) { start -= 1 }
        guard isIdentifier(start..<end), start > declaration.lowerBound + 1, text[start - 1] == 0x20 else {
            throw error("a type and a name are expected", at: declaration.lowerBound)
        }
        return (start..<end, brackets)
    }

    /// Makes the field of a line; allocates.
    func field(of line: Line) -> EventField {
        let typeRange = line.declaration.lowerBound..<(line.name.lowerBound - 1)
        var type = String(repairing: text.extracting(typeRange))
        let shape: EventField.Shape
        if let behind = type.behind("__data_loc ") {
            shape = EventField.dynamicShape(of: behind, relative: false)
        } else if let behind = type.behind("__rel_loc ") {
            shape = EventField.dynamicShape(of: behind, relative: true)
        } else {
            let count = line.brackets.map { countIn($0) } ?? 0
            shape = EventField.shape(
                base: type, hasBrackets: line.brackets != nil, count: count, size: line.size)
            if let brackets = line.brackets { type += String(repairing: text.extracting(brackets)) }
        }
        return EventField(
            name: String(repairing: text.extracting(line.name)), type: type, offset: line.offset, size: line.size,
            isSigned: line.isSigned, shape: shape)
    }

    private func countIn(_ brackets: Range<Int>) -> Int {
        var count = 0
        for index in brackets where text[index] >= 0x30 && text[index] <= 0x39 && count < Self.recordSizeMax {
            count = count * 10 + Int(text[index] - 0x30)
        }
        return count
    }

    /// Remembers which of the four common fields stand where every record has them.
    @_lifetime(self: copy self)
    private mutating func noteCommon(_ name: Range<Int>, _ place: Int, _ size: Int) {
        guard place < 8, commonSeen != 0b1111 else { return }
        let name = text.extracting(name)
        switch (place, size) {
        case (0, 2) where name.equals("common_type"): commonSeen |= 1
        case (2, 1) where name.equals("common_flags"): commonSeen |= 2
        case (3, 1) where name.equals("common_preempt_count"): commonSeen |= 4
        case (4, 4) where name.equals("common_pid"): commonSeen |= 8
        default: break
        }
    }

    // MARK: bytes

    @_lifetime(self: copy self)
    private mutating func take(_ literal: String) throws(FormatError) {
        let length = literal.utf8.count
        guard offset + length <= text.count, text.extracting(offset..<(offset + length)).equals(literal) else {
            let shown = literal.split { $0 == "\n" || $0 == "\t" }.joined()
            throw error("\"\(shown)\" is expected")
        }
        offset += length
    }

    @_lifetime(self: copy self)
    private mutating func number(max: Int) throws(FormatError) -> Int {
        let start = offset
        var value = 0
        while offset < text.count, text[offset] >= 0x30, text[offset] <= 0x39, value <= max {
            value = value * 10 + Int(text[offset] - 0x30)
            offset += 1
        }
        if offset == start { throw error("a number is expected") }
        if value > max { throw error("a number of at most \(max) is expected", at: start) }
        return value
    }

    private func isIdentifierByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F: true
        default: false
        }
    }

    private func isIdentifier(_ range: Range<Int>) -> Bool {
        guard let first = range.first, text[first] < 0x30 || text[first] > 0x39 else { return false }
        return isWord(range)
    }

    private func isWord(_ range: Range<Int>) -> Bool {
        for index in range where !isIdentifierByte(text[index]) { return false }
        return !range.isEmpty
    }

    private func error(_ reason: String, at place: Int? = nil) -> FormatError {
        FormatError(offset: place ?? offset, in: text, reason: reason)
    }
}

extension String {
    /// What stands behind a prefix, or nil where it does not stand there.
    func behind(_ prefix: String) -> String? {
        utf8.starts(with: prefix.utf8) ? String(self[utf8.index(startIndex, offsetBy: prefix.utf8.count)...]) : nil
    }
}
