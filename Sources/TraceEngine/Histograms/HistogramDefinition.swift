internal import Bytes

/// A histogram as its line defines it: keys, values, variables, order, actions.
struct HistogramDefinition: Sendable {
    /// What entries are sorted by.
    struct SortKey: Sendable, Equatable {
        /// The place among the values and keys that are shown.
        let index: Int
        let isDescending: Bool
    }

    /// `name=…`; nil where it has none.
    let name: String?
    /// `hitcount`, the values, the variables.
    let values: [HistogramField]
    let keys: [HistogramField]
    let sorting: [SortKey]
    let actions: [HistogramAction]
    let references: [HistogramReference]
    /// Variables of actions: what they keep, and whether `save` shows them.
    let hidden: [(variable: HistogramField, source: HistogramField?, isSaved: Bool)]
    /// The binary logarithm of the number of entries.
    let sizeBits: Int
    /// The clock of its times; nil where it asks for none.
    let clock: String?
    let isInMicroseconds: Bool
    let hidesHitcount: Bool

    init(_ parser: HistogramParser, clock: String) {
        name = parser.attributes.name
        values = parser.values
        keys = parser.keys
        sorting = parser.sorting
        actions = parser.actions
        references = parser.references
        hidden = parser.hiddenVariables
        sizeBits = parser.attributes.sizeBits
        self.clock = parser.usesTime ? clock : nil
        isInMicroseconds = parser.isInMicroseconds
        hidesHitcount = parser.attributes.hidesHitcount
    }

    /// The values without variables, `hitcount` first.
    var sums: [HistogramField] { values.filter { !$0.flags.contains(.variable) } }

    /// The variable of a name.
    func variable(_ name: String) -> HistogramField? { values.first { $0.variable == name } }

    /// The variables that `save` shows, in order.
    var saved: [(variable: HistogramField, source: HistogramField?, isSaved: Bool)] { hidden.filter(\.isSaved) }

    /// Whether it has or asks for variables.
    var hasVariables: Bool { (values + keys).contains { $0.hasVariables() } }

    /// Whether two triggers mean the same histogram, by all but their name, their size and their state.
    func isSame(as other: HistogramDefinition) -> Bool {
        let own = values + keys
        let others = other.values + other.keys
        return values.count == other.values.count && own.count == others.count && sorting == other.sorting
            && zip(own, others).allSatisfy { $0.isSame(as: $1) } && actions.count == other.actions.count
            && zip(actions, other.actions).allSatisfy { $0.isSame(as: $1) }
    }

    // MARK: the line

    /// Appends the line without its condition: `hist:keys=pid:vals=hitcount:sort=hitcount:size=2048`.
    func append(to out: inout ByteBuffer) {
        out.append("hist:")
        if let name {
            out.append(name)
            out.append(0x3A)
        }
        out.append("keys=")
        for (index, key) in keys.enumerated() {
            if index > 0 { out.append(0x2C) }
            key.append(to: &out)
        }
        out.append(":vals=")
        var isFirst = true
        for value in sums where !(hidesHitcount && value.flags == .hitcount) {
            if !isFirst { out.append(0x2C) }
            isFirst = false
            value.append(to: &out)
        }
        isFirst = true
        for variable in values where variable.flags.contains(.variable) {
            out.append(isFirst ? ":" as StaticString : ",")
            isFirst = false
            variable.append(to: &out)
        }
        appendSorting(to: &out)
        out.append(":size=")
        out.append(decimal: 1 << sizeBits)
        if let clock {
            out.append(":clock=")
            out.append(clock)
        }
        if hidesHitcount { out.append(":nohitcount") }
        for action in actions { append(action, to: &out) }
    }

    private func appendSorting(to out: inout ByteBuffer) {
        out.append(":sort=")
        let shown = sums + keys
        for (index, key) in sorting.enumerated() {
            if index > 0 { out.append(0x2C) }
            if key.index == 0 { out.append("hitcount") } else { shown[key.index].append(to: &out) }
            if key.isDescending { out.append(".descending") }
        }
    }

    private func append(_ action: HistogramAction, to out: inout ByteBuffer) {
        switch action.handler {
        case .onMatch(let system, let event): out.append(":onmatch(\(system).\(event)).")
        case .onMax(let variable): out.append(":onmax(\(variable)).")
        case .onChange(let variable): out.append(":onchange(\(variable)).")
        }
        out.append(action.name)
        out.append(0x28)
        let parameters: [String]
        switch action.kind {
        case .save: parameters = saved.compactMap(\.variable.variable)
        case .trace: parameters = (action.eventName.map { [$0] } ?? []) + action.parameters
        case .snapshot: parameters = []
        }
        out.append(parameters.joined(separator: ","))
        out.append(0x29)
    }
}

/// Where in an entry of a histogram everything stands, in words of 8 bytes: keys, sums, variables and which of them are
/// set, their texts, the name of the task that made the entry.
struct HistogramLayout: Sendable {
    let sums: Int
    let sumCount: Int
    let variables: Int
    /// A bit a variable.
    let isSet: Int
    /// Where the texts of variables are, by slot; nil for numbers.
    let texts: [Int?]
    /// Nil where no name is shown.
    let comm: Int?
    /// Words of an entry.
    let stride: Int

    /// Words of a text.
    static let textWords = HistogramLimit.textBytes / 8

    init(_ definition: HistogramDefinition) {
        sums = definition.keys.reduce(0) { $0 + $1.size / 8 }
        sumCount = definition.sums.count
        variables = sums + sumCount
        let variables = definition.values.filter { $0.flags.contains(.variable) } + definition.hidden.map(\.variable)
        isSet = self.variables + variables.count
        var end = isSet + (variables.isEmpty ? 0 : 1)
        var texts = [Int?](repeating: nil, count: variables.count)
        for variable in variables where variable.flags.contains(.text) || variable.type.contains("char[") {
            texts[variable.slot] = end
            end += Self.textWords
        }
        self.texts = texts
        let hasComm = (definition.keys + definition.values + definition.hidden.compactMap(\.source)).contains {
            $0.flags.contains(.execname)
        }
        comm = hasComm ? end : nil
        stride = end + (hasComm ? 2 : 0)
    }
}
