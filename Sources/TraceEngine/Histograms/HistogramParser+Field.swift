internal import Bytes
internal import SystemPackage

extension HistogramParser {
    /// A number, a variable or a field of the event.
    mutating func atom(
        _ text: String, _ flags: HistogramFlags, variable: String?
    ) throws(Errno) -> HistogramField {
        if let first = text.utf8.first, FilterText.isDigit(first) {
            guard let number = KernelInteger.unsigned(text.utf8Span.span) else {
                throw refusal(.expectNumber, at: text)
            }
            var field = HistogramField(flags.union(.constant))
            field.constant = number
            field.size = 8
            field.type = "u64"
            field.variable = variable
            return field
        }
        // `system.event.$variable`
        let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        let isQualified = parts.count == 3
        let system = isQualified ? parts[0] : nil
        let event = isQualified ? parts[1] : nil
        let name = parts[parts.count - 1]
        let named = isQualified ? name : text
        var fieldText = named
        if let local = ownFieldText(system, event, named) {
            fieldText = local
        } else if Self.isReference(named) {
            if let found = try reference(system, event, named) {
                guard let variable else { return found }
                return alias(of: found, variable: variable)
            }
        }
        return try eventField(fieldText, flags, variable: variable)
    }

    /// Whether it is a `$` with a name.
    static func isReference(_ text: String) -> Bool { text.utf8.first == 0x24 && text.utf8.count > 1 }

    /// The field that a variable of this very histogram stands for, where it stands for nothing else.
    private func ownFieldText(_ system: String?, _ event: String?, _ text: String) -> String? {
        if let system, let event, system != scope.event.system || event != scope.event.name { return nil }
        guard Self.isReference(text) else { return nil }
        return variableTexts.first {
            $0.name == text.dropFirst() && !Self.hasOperator($0.expression) && !Self.isReference($0.expression)
        }?.expression
    }

    /// The value of another histogram's variable; nil where there is none, which is noted.
    private mutating func reference(
        _ system: String?, _ event: String?, _ text: String
    ) throws(Errno) -> HistogramField? {
        let name = String(text.dropFirst())
        if let (owner, variable) = find(name, system, event),
            let field = refer(to: variable, of: owner, system, event)
        {
            return field
        }
        note(.variableNotFound, at: name)
        return nil
    }

    /// A variable of another histogram: that of the event that is named, of the events that are matched, or the only one of its name.
    mutating func find(_ name: String, _ system: String?, _ event: String?) -> (Histogram, HistogramField)? {
        if system == nil || event == nil {
            var found: (Histogram, HistogramField)?
            for action in actions {
                guard case .onMatch(let system, let event) = action.handler,
                    let matched = scope.event(system, event), let one = scope.variable(name, of: matched)
                else { continue }
                if found != nil {
                    note(.variableNotUnique, at: name)
                    return nil
                }
                found = one
            }
            if let found { return found }
        }
        if let system {
            return scope.event(system, event ?? "").flatMap { scope.variable(name, of: $0) }
        }
        let events = scope.eventsWithVariable(name)
        if events.count > 1 {
            note(.variableNotUnique, at: name)
            return nil
        }
        return events.first.flatMap { scope.variable(name, of: $0) }
    }

    /// A reference to a variable of a histogram, this one's own where it is nil: the same for the same variable, nil
    /// where there are too many.
    mutating func refer(
        to variable: HistogramField, of owner: Histogram?, _ system: String?, _ event: String?
    ) -> HistogramField? {
        if let known = references.first(where: { $0.owner === owner && $0.variable.slot == variable.slot }) {
            return known.field
        }
        guard references.count < HistogramLimit.variables else { return nil }
        var field = HistogramField(
            HistogramFlags.reference.union(variable.flags.intersection([.timestamp, .microseconds])))
        field.reference = references.count
        field.slot = variable.slot
        field.size = variable.size
        field.isSigned = variable.isSigned
        field.type = variable.type
        field.name = variable.variable ?? variable.name
        field.system = system
        field.event = event
        references.append(HistogramReference(owner: owner, variable: variable, field: field))
        return field
    }

    private func alias(of reference: HistogramField, variable: String) -> HistogramField {
        var field = reference
        field.flags = HistogramFlags([.alias, .variable])
            .union(reference.flags.intersection([.timestamp, .microseconds]))
        field.operands = [reference]
        field.variable = variable
        return field
    }

    /// A field of the event, or one that every event has, with its modifier.
    private mutating func eventField(
        _ text: String, _ flags: HistogramFlags, variable: String?
    ) throws(Errno) -> HistogramField {
        var rest: Substring? = text[...]
        let name = String(HistogramText.cut(&rest, at: ".") ?? "")
        var flags = flags
        var bucketSize: UInt64 = 0
        if let rest {
            var wrong = String(rest)
            guard let modifier = Self.modifier(&wrong, of: name, flags, &bucketSize) else {
                throw refusal(.badModifier, at: wrong)
            }
            flags.formUnion(modifier)
        }
        var found: EventField?
        switch name {
        case "common_timestamp":
            flags.insert(.timestamp)
            usesTime = true
            if flags.contains(.microseconds) { isInMicroseconds = true }
        case "common_stacktrace": flags.insert(.stack)
        case "common_cpu": flags.insert(.cpu)
        case "common_comm": flags.formUnion([.comm, .text])
        case "hitcount": flags.insert(.hitcount)
        default:
            if let own = scope.format.fields.first(where: { $0.name == name }), own.size > 0 {
                found = own
            } else if let generic = Self.generic(name) {
                flags.formUnion(generic)
            } else if let common = scope.format.commonFields.first(where: { $0.name == name }), common.size > 0 {
                found = common
            } else {
                throw refusal(.fieldNotFound, at: name)
            }
        }
        var field = try make(found, flags)
        field.variable = variable
        field.bucketSize = bucketSize
        return field
    }

    /// The fields of every event under their older names.
    private static func generic(_ name: String) -> HistogramFlags? {
        switch name {
        case "cpu", "CPU": .cpu
        case "comm", "COMM": [.comm, .text]
        case "stacktrace", "STACKTRACE": .stack
        default: nil
        }
    }

    /// What a modifier says; nil where it is none, of which only the wrong part is left then.
    private static func modifier(
        _ text: inout String, of field: String, _ flags: HistogramFlags, _ bucketSize: inout UInt64
    ) -> HistogramFlags? {
        switch text {
        case "hex": return .hex
        case "sym": return .symbol
        case "symXoffset": return .symbolOffset
        case "execname": return field == "common_pid" ? .execname : nil
        case "syscall": return .syscall
        case "log2": return .log2
        case "usecs": return .microseconds
        default: break
        }
        // A value's, of no key and no variable.
        if text.hasPrefix("percent") { return flags.isDisjoint(with: [.variable, .key]) ? .percent : nil }
        if text.hasPrefix("graph") { return flags.isDisjoint(with: [.variable, .key]) ? .graph : nil }
        guard text.hasPrefix("bucket") else { return nil }
        text.removeFirst(6)
        if text.hasPrefix("s") { text.removeFirst() }
        guard text.hasPrefix("=") else { return nil }
        text.removeFirst()
        guard let size = KernelInteger.unsigned(text.utf8Span.span), size > 0 else { return nil }
        bucketSize = size
        return .buckets
    }

    /// The size and the type that a field has by what it is.
    private func make(_ field: EventField?, _ flags: HistogramFlags) throws(Errno) -> HistogramField {
        var made = HistogramField(flags)
        made.field = field
        if flags.contains(.hitcount) {
            made.size = 8
            made.type = "u64"
        } else if flags.contains(.stack) {
            return Self.stack(flags)
        } else if !flags.isDisjoint(with: [.log2, .buckets]) {
            var operand = try make(field, flags.subtracting([.log2, .buckets]))
            operand.isSigned = false
            if operand.flags.contains(.text) { throw .invalidArgument }
            made.size = operand.size
            made.type = operand.type
            made.operands = [operand]
        } else if flags.contains(.timestamp) {
            made.size = 8
            made.type = "u64"
        } else if flags.contains(.cpu) {
            made.size = 4
            made.type = "unsigned int"
        } else if flags.contains(.comm) {
            made.size = HistogramLimit.textBytes
            made.type = "char[]"
        } else if let field {
            made.type = field.type
            made.size = field.size
            switch FilterField(field).kind {
            case .fixedText: made.flags.insert(.text)
            case .dynamicText, .relativeText:
                made.flags.insert(.text)
                made.size = HistogramLimit.textBytes
            default:
                made.isSigned = field.isSigned
                guard [1, 2, 4, 8].contains(field.size) else { throw .invalidArgument }
            }
        }
        return made
    }
}
