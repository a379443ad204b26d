internal import Bytes
internal import Glibc
internal import SystemPackage

extension HistogramParser {
    /// Understands an expression: `common_timestamp.usecs-$ts0`, `a*2+b`, `len.log2`.
    ///
    /// - Parameters:
    ///   - text: what was written.
    ///   - flags: what it is for.
    ///   - variable: the variable that it is kept in.
    ///   - depth: how many operators there were yet; 3 are allowed.
    /// - Returns: the field.
    /// - Throws: EINVAL, EDOM for a division by zero.
    mutating func expression(
        _ text: String, _ flags: HistogramFlags, variable: String?, _ depth: inout Int
    ) throws(Errno) -> HistogramField {
        if depth > 3 { throw refusal(.tooManySubexpressions, at: text) }
        guard let (operation, place) = Self.root(of: text) else { return try atom(text, flags, variable: variable) }
        depth += 1
        if operation == .negate { return try negation(text, flags, variable: variable, &depth) }
        let left = String(text.utf8.prefix(place)) ?? ""
        let right = String(text.utf8.dropFirst(place + 1)) ?? ""
        if left.isEmpty || right.isEmpty { throw .invalidArgument }
        let first = try operand(left, &depth)
        let second = try operand(right, &depth)
        return try combine(operation, first, second, right: right, flags, variable: variable)
    }

    /// An operand, which is no text.
    private mutating func operand(_ text: String, _ depth: inout Int) throws(Errno) -> HistogramField {
        let field = try expression(text, [], variable: nil, &depth)
        if field.flags.contains(.text) { throw refusal(.textOperand, at: text) }
        return field
    }

    private mutating func combine(
        _ operation: HistogramField.Operation, _ first: HistogramField, _ second: HistogramField, right: String,
        _ flags: HistogramFlags, variable: String?
    ) throws(Errno) -> HistogramField {
        // What a variable was made of decides about units and constants.
        let origins = try (origin(of: first), origin(of: second))
        if origins.0.flags.contains(.microseconds) != origins.1.flags.contains(.microseconds) {
            throw refusal(.timestampMismatch)
        }
        let isConstant = origins.0.flags.contains(.constant) && origins.1.flags.contains(.constant)
        var field = HistogramField(
            flags.union(isConstant ? .constant : .expression)
                .union(first.flags.intersection([.timestamp, .microseconds])))
        field.variable = variable
        var second = second
        for operand in [first, second] where operand.flags.contains(.reference) {
            references[operand.reference].isReadOnce = true
        }
        if operation == .divide, origins.1.flags.contains(.constant) {
            if origins.1.constant == 0 {
                note(.divisionByZero, at: right)
                throw Errno(rawValue: EDOM)
            }
            second.constant = origins.1.constant
        }
        if isConstant {
            field.constant = HistogramProgram.apply(operation, origins.0.constant, origins.1.constant)
            field.size = 8
            field.type = "u64"
            field.name = String(field.constant)
            return field
        }
        field.operands = [first, second]
        field.operation = operation
        field.size = first.size
        field.isSigned = first.isSigned
        field.type = first.type
        field.name = field.expressionText
        return field
    }

    /// The variable's definition for a reference to one, else the field itself.
    private func origin(of field: HistogramField) throws(Errno) -> HistogramField {
        guard !field.flags.isDisjoint(with: [.reference, .alias]) else { return field }
        return references[field.reference].variable
    }

    /// `-(…)`, with nothing behind it.
    private mutating func negation(
        _ text: String, _ flags: HistogramFlags, variable: String?, _ depth: inout Int
    ) throws(Errno) -> HistogramField {
        if depth > 3 { throw refusal(.tooManySubexpressions, at: text) }
        let behind = text.utf8.dropFirst()
        guard behind.contains(0x28), let end = behind.lastIndex(of: 0x29) else { throw .invalidArgument }
        // The kernel passes over whatever stands where the parenthesis should.
        let inner = behind.dropFirst()
        if behind.index(after: end) != behind.endIndex {
            throw refusal(.unaryMinusInSubexpression, at: String(inner) ?? "")
        }
        guard inner.startIndex <= end else { throw .invalidArgument }
        let operand = try operand(String(inner[..<end]) ?? "", &depth)
        var field = HistogramField(
            flags.union(.expression).union(operand.flags.intersection([.timestamp, .microseconds])))
        field.variable = variable
        field.operands = [operand]
        field.operation = .negate
        field.size = operand.size
        field.isSigned = operand.isSigned
        field.type = operand.type
        field.name = field.expressionText
        return field
    }

    /// The operator that is applied last, and where it stands: of `+ -` before `* /`, the rightmost. A minus at the
    /// start is a negation if it is the last one.
    private static func root(of text: String) -> (HistogramField.Operation, Int)? {
        let bytes = Array(text.utf8)
        let minus = bytes.lastIndex(of: 0x2D)
        if minus == 0 { return (.negate, 0) }
        let plus = bytes.lastIndex(of: 0x2B)
        if let place = [minus, plus].compactMap(\.self).max() { return (place == plus ? .plus : .minus, place) }
        let divide = bytes.lastIndex(of: 0x2F)
        let times = bytes.lastIndex(of: 0x2A)
        if let place = [divide, times].compactMap(\.self).max() { return (place == times ? .times : .divide, place) }
        return nil
    }

    /// Whether a text has an operator.
    static func hasOperator(_ text: String) -> Bool { root(of: text) != nil }
}
