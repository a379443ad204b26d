internal import Bytes
internal import PseudoFS
internal import SystemPackage

/// The parameters of one request, checked against what the node declares.
struct Query: ~Copyable {
    /// The form that was asked for by name; wins over `Accept`.
    var form: Form?
    /// Whether JSON is to be indented.
    var isPretty = false
    /// Whether 64-bit numbers are to be quoted.
    var int64AsString = false
    /// Whether changes are wanted as they come.
    var watches = false
    /// How long.
    var watchSeconds: Double?
    /// Whether everything below the directory is wanted.
    var isRecursive = false
    /// How many entries at most.
    var entryCountMax: Int?
    /// Behind which name the entries begin.
    var after: String?
    /// Where an entry is to be moved.
    var renamed: String?
    /// The node's own parameters.
    var arguments = Arguments()

    /// No parameters.
    init() {}

    /// Whether nothing bears on the form.
    var isPlain: Bool { form == nil && !isPretty && !int64AsString && !isRecursive }

    /// Reads and checks a query.
    ///
    /// - Parameters:
    ///   - text: what stands behind the `?`.
    ///   - declaration: the node's.
    ///   - verb: what is being done; a parameter of another verb is refused.
    /// - Throws: EINVAL for a parameter that is unknown, comes twice, or has a bad value.
    init(_ text: Span<UInt8>, for declaration: Declaration, verb: Verbs) throws(Failure) {
        if text.isEmpty { return }
        let known = declaration.queryParameters
        var given = Arguments()
        var start = 0
        for end in 0...text.count where end == text.count || text[end] == 0x26 {
            let pair = text.extracting(start..<end)
            start = end + 1
            let split = pair.firstIndex(of: 0x3D)
            let name = try Self.decode(pair.extracting(0..<(split ?? pair.count)))
            let value: String? =
                if let split { try Self.decode(pair.extracting((split + 1)..<pair.count)) } else { nil }
            guard let parameter = known.first(where: { $0.name == name && !$0.verbs.isDisjoint(with: verb) }) else {
                throw Self.unknown(name, known: known, verb: verb)
            }
            if given.contains(name) { throw Failure(.invalidArgument, "the parameter \"\(name)\" comes twice") }
            let argument = try parameter.argument(from: value)
            given.add(name, argument)
            if declaration.parameters.contains(parameter) { arguments.add(name, argument) }
        }
        try take(given, declaration: declaration)
    }

    /// Picks out what the front itself answers for.
    private mutating func take(_ given: Arguments, declaration: Declaration) throws(Failure) {
        func own(_ name: String) -> Bool { !declaration.parameters.contains { $0.name == name } }
        if own("format"), let word = given.name("format") {
            form = word == "raw" ? declaration.rawForm : Form(rawValue: word)
        }
        if own("raw"), given.flag("raw") {
            if let form, form != declaration.rawForm {
                throw Failure(.invalidArgument, "raw and format ask for different forms")
            }
            form = declaration.rawForm
        }
        isPretty = own("pretty") && given.flag("pretty")
        int64AsString = own("int64") && given.contains("int64")
        watches = own("watch") && given.flag("watch")
        try takeWatch(given, isOwn: own)
        if own("rename") { renamed = given.name("rename") }
        guard declaration.isDirectory else { return }
        isRecursive = own("recursive") && given.flag("recursive")
        if own("limit"), let limit = given.integer("limit") { entryCountMax = Int(limit) }
        if own("after") { after = given.name("after") }
        if watches, isRecursive || entryCountMax != nil || after != nil {
            throw Failure(.invalidArgument, "a directory is watched whole, and not what is below it")
        }
        if isRecursive, entryCountMax != nil || after != nil {
            throw Failure(.invalidArgument, "a recursive listing is not paged")
        }
    }

    /// The forms that fit the parameters, the default first.
    ///
    /// - Throws: EINVAL where the form that was named is none of them.
    func candidates(for declaration: Declaration) throws(Failure) -> [Form] {
        var forms = isRecursive ? [.ndjson, .text] : declaration.forms
        if isPretty { forms.removeAll { $0 != .json } }
        if int64AsString { forms.removeAll { !$0.isJSON } }
        if entryCountMax != nil || after != nil { forms.removeAll { !$0.isListing } }
        guard let form else { return forms }
        guard forms.contains(form) else {
            throw Failure(.invalidArgument, "format=\(form.rawValue) does not go with the other parameters")
        }
        return [form]
    }

    /// What goes with `watch`, and what does not.
    private mutating func takeWatch(_ given: Arguments, isOwn: (String) -> Bool) throws(Failure) {
        guard watches else {
            if isOwn("timeout"), given.contains("timeout") {
                throw Failure(.invalidArgument, "the parameter \"timeout\" goes with \"watch\"")
            }
            return
        }
        watchSeconds = given.seconds("timeout")
        if form != nil || isPretty {
            throw Failure(.invalidArgument, "what is watched comes as server-sent events, in no other form")
        }
        if given.contains("count") {
            throw Failure(.invalidArgument, "the parameter \"count\" does not go with \"watch\"")
        }
    }

    private static func unknown(_ name: String, known: [Parameter], verb: Verbs) -> Failure {
        if name.isEmpty { return Failure(.invalidArgument, "a parameter has no name") }
        if known.contains(where: { $0.name == name }) {
            return Failure(.invalidArgument, "the parameter \"\(name)\" does not go with this method")
        }
        let names = known.filter { !$0.verbs.isDisjoint(with: verb) }.map(\.name).sorted()
        let hint = names.isEmpty ? "there are none here" : "known are " + names.joined(separator: ", ")
        return Failure(.invalidArgument, "unknown parameter \"\(name)\"; \(hint)")
    }

    /// Whether a parameter of that name came, written plainly.
    static func names(_ name: String, in text: Span<UInt8>) -> Bool {
        if text.isEmpty { return false }
        var start = 0
        for end in 0...text.count where end == text.count || text[end] == 0x26 {
            let pair = text.extracting(start..<end)
            if pair.extracting(0..<(pair.firstIndex(of: 0x3D) ?? pair.count)).equals(name) { return true }
            start = end + 1
        }
        return false
    }

    /// Decodes a name or a value: `+` is a space, `%XX` a byte.
    private static func decode(_ text: Span<UInt8>) throws(Failure) -> String {
        var out = ByteBuffer(capacity: text.count)
        var index = 0
        while index < text.count {
            switch text[index] {
            case 0x2B: out.append(0x20)
            case 0x25:
                guard let byte = text.percentEscape(at: index) else {
                    throw Failure(.invalidArgument, "a % in a query is followed by two hexadecimal digits")
                }
                out.append(byte)
                index += 2
            default: out.append(text[index])
            }
            index += 1
        }
        guard let decoded = String(exactly: out.span) else {
            throw Failure(.invalidArgument, "the query is not UTF-8")
        }
        return decoded
    }
}
