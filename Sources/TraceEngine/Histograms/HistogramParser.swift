internal import SystemPackage

/// Understands a line `hist:…` for an event of an instance.
///
/// In the order, and with the quirks, of kernel/trace/trace_events_hist.c, so that what is refused is refused with its
/// errno and its words; nothing is changed by it. Runs under the instance's lock.
struct HistogramParser {
    let command: HistogramCommand
    let attributes: HistogramAttributes
    let scope: HistogramScope
    /// What was wrong, in order: also of what was made another way in the end.
    private(set) var problems: [(problem: HistogramProblem, position: Int)] = []

    /// `hitcount`, the values, the variables.
    private(set) var values: [HistogramField] = []
    private(set) var keys: [HistogramField] = []
    private(set) var sorting: [HistogramDefinition.SortKey] = [.init(index: 0, isDescending: false)]
    var actions: [HistogramAction] = []
    var references: [HistogramReference] = []
    /// Whether a time is asked for.
    var usesTime = false
    /// Whether times are in microseconds, all of them.
    var isInMicroseconds = false
    /// Names and expressions of the variables, while they are made.
    private(set) var variableTexts: [(name: String, expression: String)] = []
    /// How many values, without variables.
    private var summedCount: Int { values.count { !$0.flags.contains(.variable) } }
    /// What variables there are.
    var variableCount: Int { values.count - summedCount + hiddenVariables.count }
    /// Variables made for actions, in their order, and where they come from; a tracking one comes from nowhere.
    var hiddenVariables: [(variable: HistogramField, source: HistogramField?, isSaved: Bool)] = []

    /// Cuts the line.
    ///
    /// - Throws: EINVAL. What was wrong is in `problems`.
    init(
        _ command: HistogramCommand, _ scope: HistogramScope,
        problems: inout [(problem: HistogramProblem, position: Int)]
    ) throws(Errno) {
        self.command = command
        self.scope = scope
        attributes = try HistogramAttributes(command.parameters) { problem, text in
            problems.append((problem, command.position(of: text)))
        }
    }

    /// Notes what was wrong, and where.
    mutating func note(_ problem: HistogramProblem, at text: String? = nil) {
        problems.append((problem, text.map(command.position(of:)) ?? 0))
    }

    /// Notes what was wrong; the error to be thrown.
    mutating func refusal(_ problem: HistogramProblem, at text: String? = nil) -> Errno {
        note(problem, at: text)
        return .invalidArgument
    }

    /// Understands all but what the actions do.
    ///
    /// - Throws: EINVAL; ENOENT where `nohitcount` leaves nothing to show, EDOM for a division by zero.
    mutating func parse() throws(Errno) {
        for text in attributes.actions { actions.append(try action(text)) }
        try readVariableTexts()
        try makeValues()
        try makeVariables()
        try makeKeys()
        variableTexts = []
        try makeSortKeys()
    }

    // MARK: values

    private mutating func makeValues() throws(Errno) {
        var hitcount = HistogramField(.hitcount)
        hitcount.size = 8
        hitcount.type = "u64"
        values.append(hitcount)
        var rest = attributes.values.map { $0[...] }
        var hasHitcount = false
        var seen = 0
        while seen < HistogramLimit.values, values.count < HistogramLimit.values,
            let text = HistogramText.cut(&rest, at: ",")
        {
            seen += 1
            if text == "hitcount", !hasHitcount {
                hasHitcount = true
                continue
            }
            values.append(try value(String(text), [], variable: nil))
        }
        if let rest, rest != "hitcount" { throw .invalidArgument }
        if values.count == 1, attributes.hidesHitcount {
            note(.needsValue)
            throw .noSuchFileOrDirectory
        }
    }

    /// A value, or a variable.
    private mutating func value(
        _ text: String, _ flags: HistogramFlags, variable: String?
    ) throws(Errno) -> HistogramField {
        var depth = 0
        var field = try expression(text, flags, variable: variable, &depth)
        var refused: HistogramFlags = [.buckets, .log2]
        if field.flags.contains(.variable) {
            refused.formUnion([.percent, .graph])
        } else {
            refused.formUnion([.symbol, .symbolOffset, .syscall, .stack])
            if field.flags.contains(.text) { throw refusal(.textOperand, at: text) }
        }
        if !field.flags.isDisjoint(with: refused) { throw refusal(.badModifier, at: text) }
        if variable != nil, field.flags.contains(.execname) {
            field.flags = [.text, .variable, .execname]
            field.size = HistogramLimit.textBytes
            field.isSigned = false
            field.type = "char[]"
        }
        return field
    }

    // MARK: variables

    private mutating func readVariableTexts() throws(Errno) {
        for assignment in attributes.assignments {
            var rest: Substring? = assignment[...]
            while let text = HistogramText.cut(&rest, at: ",") {
                var expression: Substring? = text
                let name = String(HistogramText.cut(&expression, at: "=") ?? "")
                guard let expression else { throw refusal(.malformedAssignment, at: name) }
                if variableTexts.count == HistogramLimit.variables { throw refusal(.tooManyVariables, at: name) }
                variableTexts.append((name, String(expression)))
            }
        }
    }

    private mutating func makeVariables() throws(Errno) {
        for (name, text) in variableTexts {
            if !command.removes, isVariable(name) { throw refusal(.duplicateVariable, at: name) }
            var field = try value(text, .variable, variable: name)
            field.slot = variableCount
            values.append(field)
        }
    }

    /// Whether this histogram, or another of the event, has a variable of a name.
    func isVariable(_ name: String) -> Bool {
        values.contains { $0.variable == name } || scope.variable(name, of: scope.event) != nil
    }

    // MARK: keys

    private mutating func makeKeys() throws(Errno) {
        var rest = attributes.keys.map { $0[...] }
        var offset = 0
        while keys.count < HistogramLimit.keys, let text = HistogramText.cut(&rest, at: ",") {
            var key = try key(String(text))
            key.size = (key.size + 7) / 8 * 8
            key.keyOffset = offset
            offset += key.size
            if offset > HistogramLimit.keyBytes { throw .invalidArgument }
            keys.append(key)
        }
        if rest != nil { throw .invalidArgument }
    }

    private mutating func key(_ text: String) throws(Errno) -> HistogramField {
        if text == "stacktrace" { return Self.stack(.key) }
        var depth = 0
        let field = try expression(text, .key, variable: nil, &depth)
        if field.hasVariables() { throw refusal(.referenceInKey, at: text) }
        return field
    }

    /// The stack of who caused the record.
    static func stack(_ flags: HistogramFlags) -> HistogramField {
        var field = HistogramField(flags.union(.stack))
        field.size = HistogramLimit.stackBytes
        field.type = "unsigned long[]"
        return field
    }

    // MARK: sorting

    private mutating func makeSortKeys() throws(Errno) {
        guard attributes.sort != nil else { return }
        var rest = attributes.sort.map { $0[...] }
        sorting = []
        while sorting.count < HistogramLimit.sortFields, let text = HistogramText.cut(&rest, at: ",") {
            if text.isEmpty { throw refusal(.emptySortField, at: "sort=") }
            if sorting.count == HistogramLimit.sortFields - 1, rest != nil {
                throw refusal(.tooManySortFields, at: "sort=")
            }
            var modifier: Substring? = text
            let name = String(HistogramText.cut(&modifier, at: ".") ?? "")
            if name.isEmpty { throw refusal(.emptySortField, at: "sort=") }
            let shown = (values + keys).filter { !$0.flags.contains(.variable) }
            let found = name == "hitcount" ? 0 : shown.dropFirst().firstIndex { $0.title == name }
            guard let found else { throw refusal(.invalidSortField, at: name) }
            sorting.append(.init(index: found, isDescending: try isDescending(modifier)))
        }
    }

    private mutating func isDescending(_ modifier: Substring?) throws(Errno) -> Bool {
        switch modifier {
        case nil, "ascending": return false
        case "descending": return true
        case let other?: throw refusal(.invalidSortModifier, at: String(other))
        }
    }
}
