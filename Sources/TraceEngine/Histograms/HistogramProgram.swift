internal import Bytes

/// What a trigger takes out of each record of its event: keys, values and variables, compiled.
///
/// An expression is a few steps over a stack of at most eight numbers, without references. Immutable; any thread.
struct HistogramProgram: Sendable {
    /// One step: a number that is put on the stack, or something done to what lies there.
    struct Step: Sendable {
        enum Code: Sendable {
            case field, timestamp, cpu, constant, reference
            case log2, bucket, negate, plus, minus, times, divide
        }

        let code: Code
        /// Where a field stands.
        var offset: Int32 = 0
        var size: UInt8 = 8
        var isSigned = false
        /// A constant, a bucket's width, the place of a reference.
        var operand: UInt64 = 0
    }

    /// Where a text comes from.
    enum TextSource: Sendable {
        case fixed(offset: Int32, size: Int32)
        case dynamic(offset: Int32)
        case relative(offset: Int32)
        /// The name of the record's task.
        case comm
        /// The name of the task that made the entry.
        case execname
    }

    /// What a number or a text is made of.
    enum Source: Sendable {
        case steps(Int32, Int32)
        case text(TextSource, size: Int)
        /// There are no stacks: nothing is stored.
        case nothing
    }

    /// A part of the key, and the word at which it begins.
    struct Key: Sendable {
        let word: Int
        let source: Source
    }

    /// A sum, or a variable.
    struct Target: Sendable {
        let isVariable: Bool
        let index: Int
        let source: Source
        /// Set by `save`, when that happens.
        var isSaved = false
    }

    private(set) var steps: [Step] = []
    private(set) var keys: [Key] = []
    private(set) var targets: [Target] = []
    let usesTime: Bool
    let isInMicroseconds: Bool
    private(set) var asksComm = false

    /// Compiles a definition; its fields are those of the event that its parser was given.
    ///
    /// - Parameters:
    ///   - definition: keys and values.
    ///   - hidden: the variables of actions: those of the histogram, which may be another event's too.
    init(
        _ definition: HistogramDefinition,
        hidden: [(variable: HistogramField, source: HistogramField?, isSaved: Bool)]
    ) {
        usesTime = definition.clock != nil
        isInMicroseconds = definition.isInMicroseconds
        for key in definition.keys {
            keys.append(Key(word: key.keyOffset / 8, source: compile(key, size: key.size)))
            if key.flags.contains(.execname) { asksComm = true }
        }
        var sum = 0
        for value in definition.values {
            let isVariable = value.flags.contains(.variable)
            targets.append(
                Target(
                    isVariable: isVariable, index: isVariable ? value.slot : sum,
                    source: compile(value, size: value.size)))
            if !isVariable { sum += 1 }
        }
        for (variable, source, isSaved) in hidden {
            guard let source else { continue }
            targets.append(
                Target(
                    isVariable: true, index: variable.slot, source: compile(source, size: source.size),
                    isSaved: isSaved))
        }
    }

    // MARK: compiling

    private mutating func compile(_ field: HistogramField, size: Int) -> Source {
        if field.flags.contains(.stack) { return .nothing }
        if let text = textSource(of: field) { return .text(text, size: size) }
        let start = steps.count
        add(field)
        return .steps(Int32(start), Int32(steps.count))
    }

    private mutating func textSource(of field: HistogramField) -> TextSource? {
        guard field.flags.contains(.text) else { return nil }
        if field.flags.contains(.execname) {
            asksComm = true
            return .execname
        }
        guard let own = field.field, !field.flags.contains(.comm) else {
            asksComm = true
            return .comm
        }
        let offset = Int32(truncatingIfNeeded: own.offset)
        switch FilterField(own).kind {
        case .dynamicText: return .dynamic(offset: offset)
        case .relativeText: return .relative(offset: offset)
        default: return .fixed(offset: offset, size: Int32(truncatingIfNeeded: own.size))
        }
    }

    private mutating func add(_ field: HistogramField) {
        if field.flags.contains(.constant) {
            steps.append(Step(code: .constant, operand: field.constant))
        } else if !field.flags.isDisjoint(with: [.reference, .alias]) {
            steps.append(Step(code: .reference, operand: UInt64(field.reference)))
        } else if field.flags.contains(.expression) {
            for operand in field.operands { add(operand) }
            steps.append(Step(code: Self.code(of: field.operation)))
        } else if !field.flags.isDisjoint(with: [.log2, .buckets]) {
            for operand in field.operands { add(operand) }
            let isBucket = field.flags.contains(.buckets)
            steps.append(Step(code: isBucket ? .bucket : .log2, operand: field.bucketSize))
        } else if field.flags.contains(.hitcount) {
            steps.append(Step(code: .constant, operand: 1))
        } else if field.flags.contains(.timestamp) {
            steps.append(Step(code: .timestamp))
        } else if field.flags.contains(.cpu) {
            steps.append(Step(code: .cpu))
        } else if let own = field.field {
            steps.append(
                Step(
                    code: .field, offset: Int32(truncatingIfNeeded: own.offset), size: UInt8(min(own.size, 8)),
                    isSigned: own.isSigned))
        } else {
            // A stack among numbers, of which there is none.
            steps.append(Step(code: .constant))
        }
    }

    private static func code(of operation: HistogramField.Operation) -> Step.Code {
        switch operation {
        case .plus, .none: .plus
        case .minus: .minus
        case .times: .times
        case .divide: .divide
        case .negate: .negate
        }
    }

    // MARK: running

    /// The value of an expression.
    @inline(__always)
    func number(
        _ start: Int32, _ end: Int32, _ subject: HistogramSubject, _ references: borrowing InlineArray<16, UInt64>
    ) -> UInt64 {
        if end == start + 1 { return load(steps[Int(start)], subject, references) }
        return number(of: start, end, subject, references)
    }

    @inline(never)
    private func number(
        of start: Int32, _ end: Int32, _ subject: HistogramSubject, _ references: borrowing InlineArray<16, UInt64>
    ) -> UInt64 {
        var stack = InlineArray<8, UInt64>(repeating: 0)
        var top = -1
        for index in Int(start)..<Int(end) {
            let step = steps[index]
            switch step.code {
            case .log2: stack[top] = Self.log2(stack[top])
            case .bucket: stack[top] = stack[top] / step.operand * step.operand
            case .negate: stack[top] = 0 &- stack[top]
            case .plus, .minus, .times, .divide:
                top -= 1
                stack[top] = Self.apply(step.code, stack[top], stack[top + 1])
            default:
                top += 1
                stack[top] = load(step, subject, references)
            }
        }
        return top < 0 ? 0 : stack[top]
    }

    @inline(__always)
    private func load(
        _ step: Step, _ subject: HistogramSubject, _ references: borrowing InlineArray<16, UInt64>
    ) -> UInt64 {
        switch step.code {
        case .field: subject.record.word(at: step.offset).extended(size: step.size, isSigned: step.isSigned)
        case .timestamp: subject.time
        case .cpu: UInt64(UInt32(bitPattern: subject.record.cpu))
        case .reference: references[Int(step.operand)]
        default: step.operand
        }
    }

    /// The exponent of the power of two that is not smaller.
    private static func log2(_ value: UInt64) -> UInt64 {
        value < 2 ? 0 : UInt64(64 - (value - 1).leadingZeroBitCount)
    }

    private static func apply(_ code: Step.Code, _ left: UInt64, _ right: UInt64) -> UInt64 {
        switch code {
        case .plus: left &+ right
        case .minus: left &- right
        case .times: left &* right
        // What cannot be said is all ones.
        default: right == 0 ? .max : left / right
        }
    }

    /// The value of an operation on two constants, which wraps around.
    static func apply(_ operation: HistogramField.Operation, _ left: UInt64, _ right: UInt64) -> UInt64 {
        apply(code(of: operation), left, right)
    }
}

/// A record in front of a histogram.
struct HistogramSubject: ~Escapable {
    let record: FilterSubject
    /// When, in the histogram's unit.
    let time: UInt64

    @_lifetime(copy record)
    init(_ record: FilterSubject, time: UInt64) {
        self.record = record
        self.time = time
    }

    /// The bytes of a text of the record.
    @_lifetime(copy self)
    func text(_ source: HistogramProgram.TextSource) -> Span<UInt8> {
        switch source {
        case .fixed(let offset, let size): return record.record.clipped(Int(offset), Int(size)).untilNUL
        case .dynamic(let offset), .relative(let offset):
            let place = Int(record.word(at: offset) & 0xFFFF_FFFF)
            var base = 0
            if case .relative = source { base = Int(offset) + 4 }
            return record.record.clipped(base + (place & 0xFFFF), place >> 16).untilNUL
        case .comm, .execname: return record.record.extracting(0..<0)
        }
    }
}
