internal import Bytes
internal import SystemPackage

/// A synthetic event as it is defined: `wakeup_latency u64 lat; pid_t pid; char comm[16]`.
///
/// Semicolons may be left out, as before Linux 5.12.
struct SyntheticDefinition: Sendable, Equatable {
    let name: String
    let fields: [SyntheticField]

    /// Why a text defines none, in the kernel's words.
    struct Problem: Error, Equatable {
        let kind: Kind
        /// Where the `^` stands.
        let position: Int

        enum Kind: String {
            case badName = "Illegal name"
            case invalidCommand = "Command must be of the form: <name> field[;field] ..."
            case invalidDynamicCommand =
                "Command must be of the form: s or -:[synthetic/]<name> field[;field] ..."
            case exists = "Event already exists"
            case tooManyFields = "Too many fields"
            case incompleteType = "Incomplete type"
            case invalidType = "Invalid type"
            case invalidField = "Invalid field"
            case invalidArray = "Invalid array specification"
        }
    }

    /// Understands a definition.
    ///
    /// - Parameters:
    ///   - text: the line.
    ///   - isDynamic: whether it begins with `s:[synthetic/]`, as `dynamic_events` takes it.
    /// - Throws: ``Problem``.
    init(_ text: String, isDynamic: Bool) throws(Problem) {
        func problem(_ kind: Problem.Kind, _ part: String? = nil) -> Problem {
            Problem(kind: kind, position: part.map { Self.position(of: $0, in: text) } ?? 0)
        }
        var line = text[...]
        if isDynamic {
            line = line.dropFirst(2)
            if line.contains("/") {
                guard line.hasPrefix("synthetic/") else { throw problem(.invalidDynamicCommand) }
                line = line.dropFirst("synthetic/".count)
            }
        }
        let first = line.prefix { $0 != ";" }
        guard Self.words(first).count >= 3 else { throw problem(.invalidCommand) }
        name = String(line.prefix { $0 != " " && $0 != "\t" })
        if !Self.isName(name) { throw problem(name.isEmpty ? .invalidCommand : .badName, name) }
        var fields: [SyntheticField] = []
        for piece in line.dropFirst(name.count).split(separator: ";") {
            var words = Self.words(piece)[...]
            while let type = words.popFirst() {
                var type = type
                var prefix = ""
                if type == "unsigned" {
                    guard words.count >= 2, let base = words.popFirst() else {
                        throw problem(.incompleteType, type)
                    }
                    prefix = "unsigned "
                    type = base
                }
                guard let word = words.popFirst() else { throw problem(.invalidField, type) }
                let fieldName = String(word.prefix { $0 != "[" })
                let array = word.dropFirst(fieldName.count)
                if !Self.isName(fieldName) { throw problem(.badName, word) }
                let whole = prefix + type + array
                guard let size = SyntheticField.size(of: whole) else {
                    throw array.isEmpty || !whole.contains("char[")
                        ? problem(.invalidType, type) : problem(.invalidArray, word)
                }
                if fields.count == HistogramLimit.parameters { throw problem(.tooManyFields) }
                fields.append(
                    SyntheticField(
                        type: whole, name: fieldName, size: size == 0 ? 8 : size,
                        offset: fields.last.map { $0.offset + $0.room } ?? RecordCommon.size, isDynamic: size == 0))
            }
        }
        if fields.isEmpty { throw problem(.invalidCommand) }
        self.fields = fields
    }

    /// Bytes of a record's fixed part.
    var fixedSize: Int { fields.last.map { $0.offset + $0.room } ?? RecordCommon.size }

    /// As `synthetic_events` shows it.
    var text: String { name + "\t" + fields.map { "\($0.type) \($0.name)" }.joined(separator: "; ") }

    /// The first place of a text in the line.
    static func position(of part: String, in text: String) -> Int {
        let whole = text.utf8Span.span
        let piece = part.utf8Span.span
        guard piece.count > 0, piece.count <= whole.count else { return 0 }
        for start in 0...(whole.count - piece.count)
        where whole.extracting(start..<(start + piece.count)).equals(piece) {
            return start
        }
        return 0
    }

    private static func words(_ text: Substring) -> [String] {
        text.split { $0 == " " || $0 == "\t" || $0 == "\n" || $0 == "\r" }.map(String.init)
    }

    /// Whether it is a name in C.
    static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !FilterText.isDigit(first) else { return false }
        return name.utf8.allSatisfy { $0 < 0x80 && (FilterText.isAlphanumeric($0) || $0 == 0x5F) }
    }

    /// Appends the text of the event's `format`.
    ///
    /// `print fmt` has spaces between the fields, as Linux prints them, where Linux' own text has commas.
    func append(format id: UInt16, to out: inout ByteBuffer) {
        out.append("name: ")
        out.append(name)
        out.append("\nID: ")
        out.append(decimal: id)
        out.append("\nformat:\n")
        out.append(UserEventDefinition.commonLines)
        for field in fields {
            let bracket = field.type.firstIndex(of: "[") ?? field.type.endIndex
            let base = field.isDynamic ? "__data_loc " + field.type : String(field.type[..<bracket])
            let array = field.isDynamic ? "" : String(field.type[bracket...])
            out.append("\tfield:\(base) \(field.name)\(array);\toffset:\(field.offset);\tsize:\(field.size);")
            out.append(field.isSigned ? "\tsigned:1;\n" as StaticString : "\tsigned:0;\n")
        }
        out.append("\nprint fmt: \"")
        out.append(fields.map { "\($0.name)=\($0.conversion)" }.joined(separator: " "))
        out.append("\"")
        for field in fields {
            out.append(field.isDynamic ? ", __get_str(\(field.name))" : ", REC->\(field.name)")
        }
        out.append(0x0A)
    }
}
