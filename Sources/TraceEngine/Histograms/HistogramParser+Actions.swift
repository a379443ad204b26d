internal import SystemPackage

extension HistogramParser {
    /// Understands `onmatch(SYSTEM.EVENT).ACTION(…)`, `onmax($VARIABLE).ACTION(…)`, `onchange($VARIABLE).ACTION(…)`.
    mutating func action(_ text: String) throws(Errno) -> HistogramAction {
        var rest: Substring? = text[...]
        let handler = HistogramText.cut(&rest, at: "(")
        let behindHandler = rest.map(String.init) ?? ""
        let inner = HistogramText.cut(&rest, at: ")").map(String.init) ?? ""
        if handler == "onmatch" {
            guard rest != nil else { throw refusal(.noClosingParenthesis, at: inner) }
            var name: Substring? = inner[...]
            let system = String(HistogramText.cut(&name, at: ".") ?? "")
            guard let name else { throw refusal(.systemNotFound, at: system) }
            guard scope.event(system, String(name)) != nil else { throw refusal(.invalidEvent, at: String(name)) }
            return try action(rest, .onMatch(system: system, event: String(name)))
        }
        guard rest != nil, !behindHandler.isEmpty else { throw .invalidArgument }
        return try action(rest, handler == "onmax" ? .onMax(inner) : .onChange(inner))
    }

    private mutating func action(
        _ text: Substring?, _ handler: HistogramAction.Handler
    ) throws(Errno) -> HistogramAction {
        var rest = text
        _ = HistogramText.cut(&rest, at: ".")
        guard rest != nil, let name = HistogramText.cut(&rest, at: "(").map(String.init), rest != nil else {
            throw refusal(.actionNotFound)
        }
        let tracks: Bool
        if case .onMatch = handler { tracks = false } else { tracks = true }
        let inner = HistogramText.cut(&rest, at: ")").map(String.init) ?? ""
        let kind: HistogramAction.Kind =
            name.hasPrefix("save") ? .save : name.hasPrefix("snapshot") ? .snapshot : .trace
        var action = HistogramAction(handler: handler, kind: kind, name: name, parameters: [])
        if kind == .snapshot {
            guard rest != nil else { throw refusal(.noClosingParenthesis, at: inner) }
        } else {
            try readParameters(inner, of: &action)
        }
        if kind != .trace, !tracks { throw refusal(.actionMismatch, at: name) }
        return action
    }

    private mutating func readParameters(_ text: String, of action: inout HistogramAction) throws(Errno) {
        var rest: Substring? = text[...]
        var isFirst = true
        while let part = HistogramText.cut(&rest, at: ",") {
            if action.parameters.count >= HistogramLimit.parameters { throw refusal(.tooManyParameters) }
            let parameter = String(HistogramText.stripped(part))
            if parameter.utf8.count < 2 { throw refusal(.invalidParameter, at: parameter) }
            if isFirst, action.namesEvent {
                action.eventName = parameter
            } else {
                action.parameters.append(parameter)
            }
            isFirst = false
        }
    }

    // MARK: what they do

    /// Finds what the actions need: variables, which are made where a field is named, and synthetic events.
    ///
    /// - Parameter makeHistogram: makes a histogram of another event that keeps one of its fields in a variable.
    /// - Throws: EINVAL; EEXIST for a second `save`, EBUSY and ENOMEM for `snapshot`.
    mutating func makeActions(
        _ makeHistogram: (TraceEvent, _ parameters: String, _ condition: String?) throws(Errno) -> Void
    ) throws(Errno) {
        for index in actions.indices {
            var action = actions[index]
            switch action.handler {
            case .onMatch: break
            case .onMax(let text): action.tracked = try track(text, hidden: "__max")
            case .onChange(let text): action.tracked = try track(text, hidden: "__change")
            }
            switch action.kind {
            case .save: try makeSaved(action.parameters)
            case .snapshot: action.snapshot = try scope.instance.prepareSnapshotAction(in: scope.parts)
            case .trace: try makeTrace(&action, makeHistogram)
            }
            actions[index] = action
        }
    }

    private mutating func track(_ text: String, hidden: String) throws(Errno) -> (reference: Int, slot: Int) {
        guard text.utf8.first == 0x24 else { throw refusal(.trackedIsNoVariable, at: text) }
        let name = String(text.dropFirst())
        guard let variable = values.first(where: { $0.variable == name }) else {
            throw refusal(.trackedNotFound, at: name)
        }
        guard let reference = refer(to: variable, of: nil, nil, nil) else { throw .noMemory }
        var kept = HistogramField(.variable)
        kept.size = 8
        kept.type = "u64"
        kept.variable = hidden
        guard let slot = hide(kept, source: nil, isSaved: false) else { throw refusal(.trackedNotMade) }
        return (reference.reference, slot)
    }

    /// Adds a variable that no line shows.
    ///
    /// - Returns: its slot; nil where there are too many variables, or one of that name.
    private mutating func hide(_ variable: HistogramField, source: HistogramField?, isSaved: Bool) -> Int? {
        if let name = variable.variable, isVariable(name) { return nil }
        guard variableCount < HistogramLimit.variables else { return nil }
        var variable = variable
        variable.slot = variableCount
        hiddenVariables.append((variable, source, isSaved))
        return variable.slot
    }

    /// Keeps a field of the event in a variable of its name.
    private mutating func fieldVariable(_ name: String, isSaved: Bool) throws(Errno) -> HistogramField {
        if !isSaved, let known = hiddenVariables.first(where: { $0.variable.variable == name && !$0.isSaved }) {
            return known.variable
        }
        let source: HistogramField
        do throws(Errno) { source = try atom(name, .variable, variable: nil) } catch {
            note(.fieldVariableNotParsed, at: name)
            throw error
        }
        var variable = HistogramField(.variable)
        variable.size = source.size
        variable.type = source.type
        variable.isSigned = source.isSigned
        if source.flags.contains(.text) { variable.flags.insert(.text) }
        variable.variable = name
        guard let slot = hide(variable, source: source, isSaved: isSaved) else {
            throw refusal(.variableNotMade, at: name)
        }
        variable.slot = slot
        return variable
    }

    private mutating func makeSaved(_ parameters: [String]) throws(Errno) {
        if hiddenVariables.contains(where: \.isSaved) {
            note(.tooManySaves)
            throw .fileExists
        }
        for name in parameters {
            do throws(Errno) { _ = try fieldVariable(name, isSaved: true) } catch {
                note(.fieldVariableNotMade, at: name)
                throw error
            }
        }
    }

    private mutating func makeTrace(
        _ action: inout HistogramAction,
        _ makeHistogram: (TraceEvent, _ parameters: String, _ condition: String?) throws(Errno) -> Void
    ) throws(Errno) {
        let name = action.namesEvent ? action.eventName ?? "" : action.name
        guard let synthetic = scope.synthetic(name) else { throw refusal(.syntheticEventNotFound, at: name) }
        for parameter in action.parameters {
            let parts = parameter.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
                .map(String.init)
            if parts.count == 2 { throw .invalidArgument }
            let system = parts.count == 3 ? parts[0] : nil
            let event = parts.count == 3 ? parts[1] : nil
            let text = parts[parts.count - 1]
            let (owner, variable) = try source(text, system, event, of: action, makeHistogram)
            guard action.sources.count < synthetic.fields.count,
                synthetic.fields[action.sources.count].takes(variable)
            else { throw refusal(.syntheticTypeMismatch, at: text) }
            guard let reference = refer(to: variable, of: owner, system, event) else { throw .noMemory }
            action.sources.append(
                .init(
                    reference: reference.reference,
                    isText: variable.flags.contains(.text) || variable.type.contains("char[")))
        }
        if action.sources.count != synthetic.fields.count { throw refusal(.syntheticCountMismatch, at: name) }
        action.synthetic = synthetic
    }

    /// The variable that a parameter names, or that is made for the field that it names.
    private mutating func source(
        _ text: String, _ system: String?, _ event: String?, of action: HistogramAction,
        _ makeHistogram: (TraceEvent, _ parameters: String, _ condition: String?) throws(Errno) -> Void
    ) throws(Errno) -> (Histogram?, HistogramField) {
        let isOwn = system == nil || (system == scope.event.system && event == scope.event.name)
        var system = system
        var event = event
        if text.utf8.first == 0x24 {
            let name = String(text.dropFirst())
            if isOwn, let own = values.first(where: { $0.variable == name }) { return (nil, own) }
            if system == nil, case .onMatch(let matchedSystem, let matched) = action.handler {
                system = matchedSystem
                event = matched
            }
            if let found = find(name, system, event) { return found }
            throw refusal(.parameterNotFound, at: name)
        }
        if isOwn, let variable = try? fieldVariable(text, isSaved: false) { return (nil, variable) }
        if system == nil, case .onMatch(let matchedSystem, let matched) = action.handler {
            system = matchedSystem
            event = matched
        }
        guard let system, let event else { throw .invalidArgument }
        return try otherField(text, system, event, makeHistogram)
    }

    /// A field of another event, kept in a variable of a histogram that has the keys of one that is there.
    private mutating func otherField(
        _ name: String, _ system: String, _ event: String,
        _ makeHistogram: (TraceEvent, _ parameters: String, _ condition: String?) throws(Errno) -> Void
    ) throws(Errno) -> (Histogram?, HistogramField) {
        guard let other = scope.event(system, event) else { throw refusal(.eventFileNotFound, at: name) }
        let alike = scope.triggers(of: other).first { trigger in
            let theirs = trigger.histogram.definition.keys
            return theirs.count == keys.count
                && zip(theirs, keys).allSatisfy {
                    $0.type == $1.type && $0.size == $1.size && $0.isSigned == $1.isSigned
                }
        }
        guard let alike else { throw refusal(.histogramNotFound, at: name) }
        let hidden = "synthetic_" + name
        if let found = find(hidden, system, event) { return found }
        let names = alike.histogram.definition.keys.map(\.title).joined(separator: ",")
        do throws(Errno) {
            try makeHistogram(other, "keys=\(names):\(hidden)=\(name)", alike.conditionText)
        } catch {
            note(.histogramNotMade, at: name)
            throw error
        }
        guard let found = find(hidden, system, event) else { throw refusal(.syntheticVariableNotFound, at: name) }
        return found
    }
}
