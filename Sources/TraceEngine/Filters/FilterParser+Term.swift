internal import Bytes
internal import SystemPackage

/// The operators of a term.
private enum Operator {
    case glob, notEqual, equal, lessOrEqual, less, greaterOrEqual, greater, bits

    /// In this order, for `<=` begins with `<`.
    static let all: [(spelling: String, operation: Operator)] = [
        ("~", .glob), ("!=", .notEqual), ("==", .equal), ("<=", .lessOrEqual), ("<", .less), (">=", .greaterOrEqual),
        (">", .greater), ("&", .bits),
    ]
}

extension FilterParser {
    /// Reads one term: a field, an operator, a value.
    ///
    /// - Returns: the term, and where the text goes on behind it.
    mutating func term(at start: Int) throws(FilterError) -> (FilterInstruction, end: Int) {
        let nameStart = text.skippingSpace(from: start)
        var index = text.skippingWord(from: nameStart, underscore: true)
        if index == nameStart { throw .unnamed(.notPermitted) }
        guard let field = FilterField(named: text.slice(nameStart..<index), in: format) else {
            throw FilterError(.fieldNotFound, at: index + 1)
        }
        // The text of a pointer is out of reach with and without it.
        if text.has(".ustring", at: index) { index += 8 }
        let isFunction = text.has(".function", at: index)
        if isFunction { index += 9 }
        index = text.skippingSpace(from: index)
        guard let (spelling, operation) = Operator.all.first(where: { text.has($0.spelling, at: index) }) else {
            throw FilterError(.invalidOperator, at: index + 1)
        }
        index = text.skippingSpace(from: index + spelling.utf8.count)
        if isFunction { throw function(field, operation, at: index) }
        if text.has("CPUS", at: index) { return try cpus(field, operation, at: index) }
        switch text[index] {
        case 0x27, 0x22: return try quoted(field, operation, at: index)
        case 0x2D, 0x30...0x39: return try number(field, operation, at: index)
        default: throw FilterError(.invalidValue, at: index + 1)
        }
    }

    // MARK: what a field is compared with

    /// Why a function's name cannot be compared with: the kernel's reasons first, then that there are no functions.
    private func function(_ field: FilterField, _ operation: Operator, at start: Int) -> FilterError {
        guard field.size == 8 else { return FilterError(.illegalFieldOperation, at: start + 1) }
        guard operation == .equal || operation == .notEqual else { return FilterError(.invalidOperator, at: start + 1) }
        var index = start
        guard FilterText.isDigit(text[start]) else {
            while text[index] != 0, !FilterText.isSpace(text[index]) { index += 1 }
            return FilterError(.noFunction, at: index + 1)
        }
        index = text.skippingWord(from: start, underscore: false)
        if index - start >= Self.numberMax { return FilterError(.operandTooLong, at: index + 1) }
        let isNumber = KernelInteger.unsigned(text.slice(start..<index)) != nil
        return FilterError(isNumber ? .noFunction : .invalidValue, at: index + 1)
    }

    /// Bytes of a number, and of a text, from which on they are too long.
    private static var numberMax: Int { 24 }
    private static var textMax: Int { 256 }

    private func number(
        _ field: FilterField, _ operation: Operator, at start: Int
    ) throws(FilterError) -> (FilterInstruction, end: Int) {
        if field.isText { throw FilterError(.expectString, at: start + 1) }
        if operation == .glob { throw FilterError(.illegalFieldOperation, at: start + 1) }
        let end = text.skippingWord(from: text[start] == 0x2D ? start + 1 : start, underscore: false)
        if end - start >= Self.numberMax { throw FilterError(.operandTooLong, at: end + 1) }
        let digits = text.slice(start..<end)
        let value =
            field.isSigned
            ? KernelInteger.signed(digits).map { UInt64(bitPattern: $0) } : KernelInteger.unsigned(digits)
        guard let value else { throw FilterError(.illegalInteger, at: start + 1) }
        if field.kind == .cpu { return (cpu(operation, value), end) }
        return (comparison(field, operation, value, isSigned: field.isSigned), end)
    }

    private mutating func quoted(
        _ field: FilterField, _ operation: Operator, at start: Int
    ) throws(FilterError) -> (FilterInstruction, end: Int) {
        guard operation == .equal || operation == .notEqual || operation == .glob else {
            throw FilterError(.illegalFieldOperation, at: start + 1)
        }
        guard field.isText else { throw FilterError(.expectDigit, at: start + 1) }
        var end = start + 1
        while text[end] != 0, text[end] != text[start] { end += 1 }
        if text[end] == 0 { throw FilterError(.missingQuote, at: end + 1) }
        if end - start - 1 >= Self.textMax { throw FilterError(.operandTooLong, at: end + 1) }
        let operand = text.slice((start + 1)..<end)
        let pattern = operation == .glob ? TextPattern(glob: operand) : TextPattern(whole: 0..<operand.count)
        var term = place(of: field)
        term.isNegated = operation == .notEqual || pattern.isNegated
        term.pattern = pattern.kind
        term.operand = Int32(texts.count)
        term.operandCount = Int32(pattern.text.count)
        for index in pattern.text { texts.append(operand[index]) }
        switch field.kind {
        case .fixedText: term.test = .fixedText
        case .dynamicText: term.test = .dynamicText
        case .relativeText: term.test = .relativeText
        case .comm: term.test = .comm
        default: term.test = .never
        }
        return (term, end + 1)
    }

    private mutating func cpus(
        _ field: FilterField, _ operation: Operator, at start: Int
    ) throws(FilterError) -> (FilterInstruction, end: Int) {
        guard field.kind == .cpuMask || field.kind == .cpu || field.kind == .number,
            operation == .equal || operation == .notEqual || operation == .bits
        else { throw FilterError(.illegalFieldOperation, at: start + 1) }
        let open = start + 4
        if text[open] != 0x7B { throw FilterError(.missingBraceOpen, at: open + 2) }
        var end = open + 1
        while text[end] != 0, text[end] != 0x7D { end += 1 }
        if text[end] == 0 { throw FilterError(.missingBraceClose, at: end + 1) }
        guard end > open + 1, let set = CPUSet(parsing: text.slice((open + 1)..<end), of: cpus) else {
            throw FilterError(.invalidCPUList, at: end + 1)
        }
        return (term(field, operation, set), end + 1)
    }

    private mutating func term(_ field: FilterField, _ operation: Operator, _ set: CPUSet) -> FilterInstruction {
        let single = set.count == 1 ? set.first.map { UInt64($0) } : nil
        // One CPU is the same as a number, and for a number `&` means that it is that CPU.
        if let single, field.kind == .cpu { return cpu(operation == .bits ? .equal : operation, single) }
        if let single, field.kind == .number {
            return comparison(field, operation == .bits ? .equal : operation, single, isSigned: false)
        }
        var term = place(of: field)
        term.isNegated = operation == .notEqual
        term.operand = Int32(sets.count)
        term.operandCount = Int32(set.words.count)
        sets += set.words
        switch field.kind {
        case .cpuMask:
            if let single { term.value = single }
            let isOne = single != nil
            term.test = operation == .bits ? (isOne ? .setHas : .setIntersects) : (isOne ? .setIsOnly : .setEqual)
        case .cpu:
            // A CPU never equals several, and its number is never below 0.
            term.test = operation == .bits ? .cpuInSet : operation == .notEqual ? .cpuGreaterOrEqual : .never
        default:
            guard [1, 2, 4, 8].contains(field.size) else { break }
            term.test = operation == .bits ? .numberInSet : .numberIsCPU
        }
        return term
    }

    // MARK: the terms

    /// A term that knows where its field is.
    private func place(of field: FilterField) -> FilterInstruction {
        var term = FilterInstruction()
        term.offset = Int32(clamping: field.offset)
        term.size = UInt16(clamping: field.size)
        term.shift = UInt8(64 - 8 * min(max(field.size, 1), 8))
        return term
    }

    private func comparison(
        _ field: FilterField, _ operation: Operator, _ value: UInt64, isSigned: Bool
    ) -> FilterInstruction {
        var term = place(of: field)
        guard field.kind == .number || field.kind == .cpuMask, [1, 2, 4, 8].contains(field.size) else { return term }
        term.sign = isSigned && operation != .bits ? 1 << 63 : 0
        term.value = term.ordered(value)
        switch operation {
        case .equal, .notEqual:
            term.test = .equal
            term.isNegated = operation == .notEqual
        case .less: term.test = .less
        case .lessOrEqual: term.test = .lessOrEqual
        case .greater: term.test = .greater
        case .greaterOrEqual: term.test = .greaterOrEqual
        case .bits: term.test = .bits
        case .glob: term.test = .never
        }
        return term
    }

    private func cpu(_ operation: Operator, _ value: UInt64) -> FilterInstruction {
        var term = FilterInstruction()
        term.value = value
        switch operation {
        case .equal: term.test = .cpuEqual
        case .notEqual: term.test = .cpuNotEqual
        case .less: term.test = .cpuLess
        case .lessOrEqual: term.test = .cpuLessOrEqual
        case .greater: term.test = .cpuGreater
        case .greaterOrEqual: term.test = .cpuGreaterOrEqual
        case .bits, .glob: term.test = .never
        }
        return term
    }
}
