internal import Bytes
internal import SystemPackage

/// Reads a ``UserEventDefinition``.
struct UserEventParser: ~Escapable {
    typealias Problem = UserEventDefinition.Problem

    private let text: Span<UInt8>
    private let limits: UserEventDefinition.Limits
    private var offset = 0

    @_lifetime(copy text)
    init(_ text: Span<UInt8>, limits: UserEventDefinition.Limits) {
        self.text = text
        self.limits = limits
    }

    // MARK: the name

    @_lifetime(self: copy self)
    mutating func head() throws(Problem) -> (system: String, name: String) {
        if text.count > limits.textBytes {
            throw problem("takes at most \(limits.textBytes) bytes", .argListTooLong, at: limits.textBytes)
        }
        skipSpace()
        if text.extracting(offset..<text.count).starts(with: "u:") { offset += 2 }
        var system = UserEventDefinition.defaultSystem
        var name = try identifier("an event's name")
        if peek == 0x2F {
            offset += 1
            system = name
            name = try identifier("an event's name")
        }
        if peek == 0x3A {
            while offset < text.count, !isSpace(peek) { offset += 1 }
        }
        if offset < text.count, !isSpace(peek) { throw problem("a space is expected behind the name") }
        return (system, name)
    }

    // MARK: the fields

    @_lifetime(self: copy self)
    mutating func fields() throws(Problem) -> [UserEventDefinition.Field] {
        var result: [UserEventDefinition.Field] = []
        var size = RecordCommon.size
        while true {
            skipSpace()
            if peek == 0x3B {
                offset += 1
                continue
            }
            guard offset < text.count else { return result }
            let start = offset
            let field = try field()
            if result.contains(where: { $0.name == field.name }) || field.name.behind("common_") != nil {
                throw problem("the name \(field.name) is taken", at: start)
            }
            size += field.size
            if size > limits.recordBytes {
                throw problem("the record takes at most \(limits.recordBytes) bytes", .argListTooLong, at: start)
            }
            if result.count == limits.fieldCountMax {
                throw problem("takes at most \(limits.fieldCountMax) fields", .argListTooLong, at: start)
            }
            result.append(field)
        }
    }

    /// `TYPE NAME [SIZE]`, up to a semicolon.
    @_lifetime(self: copy self)
    private mutating func field() throws(Problem) -> UserEventDefinition.Field {
        let start = offset
        var type = try word("a type")
        if type == "__data_loc" || type == "__rel_loc" { type += " " + (try word("a type")) }
        if type == "unsigned" || type.hasSuffix(" unsigned") { type += " " + (try word("a type")) }
        if type == "struct" {
            skipSpace()
            type += " " + (try identifier("a structure's name"))
        }
        skipSpace()
        let name = try identifier("a field's name")
        skipSpace()
        var size = try self.size(of: type, at: start)
        if type.behind("struct ") != nil {
            size = try structureSize()
        }
        skipSpace()
        if offset < text.count, peek != 0x3B { throw problem("a semicolon is expected") }
        guard let size else { throw problem("the type \(type) is not one of user events", at: start) }
        return UserEventDefinition.Field(type: type, name: name, size: size)
    }

    @_lifetime(self: copy self)
    private mutating func structureSize() throws(Problem) -> Int {
        let start = offset
        var value = 0
        while peek >= 0x30, peek <= 0x39, value <= limits.recordBytes {
            value = value * 10 + Int(peek - 0x30)
            offset += 1
        }
        if offset == start || value == 0 { throw problem("the structure's size is expected", at: start) }
        return value
    }

    /// Bytes of a type, or nil where it is none; `long` is none, because its size is not the same everywhere.
    private func size(of type: String, at place: Int) throws(Problem) -> Int? {
        if let behind = type.behind("__data_loc ") ?? type.behind("__rel_loc ") {
            let base = behind.hasSuffix("[]") ? behind.dropLast(2) : behind[...]
            return Self.basicSize(base) == nil ? nil : 4
        }
        if let size = Self.basicSize(type[...]) { return size }
        guard let brackets = type.behind("char[") ?? type.behind("unsigned char["), brackets.hasSuffix("]") else {
            return nil
        }
        let digits = brackets.dropLast()
        let hexadecimal = String(digits).behind("0x")
        guard let count = hexadecimal.map({ Int($0, radix: 16) }) ?? Int(digits), count > 0, count <= limits.arrayBytes
        else { throw problem("an array takes 1 to \(limits.arrayBytes) bytes", at: place) }
        return count
    }

    private static func basicSize(_ type: Substring) -> Int? {
        switch type {
        case "s8", "u8", "char", "unsigned char": 1
        case "s16", "u16", "short", "unsigned short": 2
        case "s32", "u32", "int", "unsigned int": 4
        case "s64", "u64": 8
        default: nil
        }
    }

    // MARK: words

    @_lifetime(self: copy self)
    private mutating func word(_ what: String) throws(Problem) -> String {
        skipSpace()
        let start = offset
        while offset < text.count, PrintLexer.isWord(peek) || peek == 0x5B || peek == 0x5D { offset += 1 }
        if offset == start { throw problem("\(what) is expected") }
        return String(repairing: text.extracting(start..<offset))
    }

    @_lifetime(self: copy self)
    private mutating func identifier(_ what: String) throws(Problem) -> String {
        let start = offset
        while offset < text.count, PrintLexer.isWord(peek) { offset += 1 }
        if offset == start || text[start] <= 0x39 { throw problem("\(what) is expected, a C identifier", at: start) }
        if offset - start > limits.nameBytes {
            throw problem("\(what) takes at most \(limits.nameBytes) bytes", at: start)
        }
        return String(repairing: text.extracting(start..<offset))
    }

    private var peek: UInt8 { offset < text.count ? text[offset] : 0 }

    private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

    @_lifetime(self: copy self)
    private mutating func skipSpace() {
        while offset < text.count, isSpace(text[offset]) { offset += 1 }
    }

    private func problem(_ reason: String, _ errno: Errno = .invalidArgument, at place: Int? = nil) -> Problem {
        Problem(offset: place ?? offset, reason: reason, errno: errno)
    }
}
