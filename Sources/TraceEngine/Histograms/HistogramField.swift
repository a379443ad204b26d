internal import Bytes

/// A key, a value or a variable of a histogram, or a part of an expression.
struct HistogramField: Sendable {
    /// What an expression does with its operands.
    enum Operation: String, Sendable {
        case none = ""
        case plus = "+"
        case minus = "-"
        case times = "*"
        case divide = "/"
        case negate = "-("
    }

    var flags: HistogramFlags
    /// The event's field; nil where it is none.
    var field: EventField?
    /// C's type of the value, as the kernel spells it.
    var type = ""
    /// Bytes of the value.
    var size = 0
    var isSigned = false
    /// The width of a bucket.
    var bucketSize: UInt64 = 0
    /// The name of the variable that it is kept in.
    var variable: String?
    /// The place among the variables of its histogram: of itself, or of what it refers to.
    var slot = 0
    /// The text of an expression, the name that a reference names.
    var name: String?
    /// The event by which a reference was qualified.
    var system: String?
    var event: String?
    var operands: [HistogramField] = []
    var operation = Operation.none
    var constant: UInt64 = 0
    /// The place among the references of its trigger.
    var reference = 0
    /// Bytes from the key's start.
    var keyOffset = 0

    init(_ flags: HistogramFlags) { self.flags = flags }

    /// The name by which it is shown and sorted.
    var title: String { title(level: 0) }

    private func title(level: Int) -> String {
        if level > 1 { return "" }
        if let field { return field.name }
        if !flags.isDisjoint(with: [.log2, .alias, .buckets]) {
            return operands.first?.title(level: level + 1) ?? ""
        }
        if flags.contains(.cpu) { return "common_cpu" }
        if flags.contains(.comm) { return "common_comm" }
        if !flags.isDisjoint(with: [.expression, .reference]) {
            guard let system, let event, let name else { return name ?? "" }
            return flags.contains(.reference) ? "\(system).\(event).$\(name)" : "\(system).\(event).\(name)"
        }
        if flags.contains(.timestamp) { return "common_timestamp" }
        if flags.contains(.stack) { return "common_stacktrace" }
        return flags.contains(.hitcount) ? "hitcount" : ""
    }

    /// The text of an expression.
    var expressionText: String {
        guard let first = operands.first else { return operandText }
        if operation == .negate { return "-(\(first.expressionText))" }
        guard operands.count > 1 else { return operandText }
        return first.operandText + operation.rawValue + operands[1].operandText
    }

    private var operandText: String {
        var text = ""
        if flags.contains(.reference) {
            if system == nil { text = "$" }
        } else if flags.contains(.constant) {
            text = String(constant)
        }
        text += title
        if !flags.contains(.reference), let modifier = flags.modifier { text += "." + modifier }
        return text
    }

    /// Appends it as the trigger's line shows it: `lat=common_timestamp.usecs-$ts0`, `len.buckets=32`.
    func append(to out: inout ByteBuffer) {
        if let variable {
            out.append(variable)
            out.append(0x3D)
        }
        if flags.contains(.constant) {
            out.append(decimal: constant)
        } else {
            if !flags.isDisjoint(with: [.reference, .alias]), system == nil { out.append(0x24) }
            out.append(title)
        }
        if flags.isDisjoint(with: [.reference, .expression, .stack]), let modifier = flags.modifier {
            out.append(0x2E)
            out.append(modifier)
        }
        if bucketSize > 0 {
            out.append(0x3D)
            out.append(decimal: bucketSize)
        }
    }

    /// Whether it has to do with variables.
    func hasVariables(level: Int = 0) -> Bool {
        if level > 3 { return false }
        if !flags.isDisjoint(with: [.variable, .reference]) { return true }
        return operands.contains { $0.hasVariables(level: level + 1) }
    }

    /// Whether two triggers mean the same by it.
    func isSame(as other: HistogramField) -> Bool {
        flags == other.flags && field?.name == other.field?.name && field?.type == other.field?.type
            && field?.size == other.field?.size && field?.isSigned == other.field?.isSigned
            && keyOffset == other.keyOffset && size == other.size && isSigned == other.isSigned
            && variable == other.variable
    }
}
