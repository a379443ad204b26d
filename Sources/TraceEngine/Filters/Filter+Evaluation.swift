internal import Bytes

extension Filter {
    /// Whether a record passes.
    func matches(_ subject: FilterSubject) -> Bool {
        var place = 0
        let count = instructions.count
        while place < count {
            let term = instructions[place]
            place = evaluate(term, subject) == term.jumpsOn ? Int(term.next) : place + 1
        }
        return place == count
    }

    /// What one term says of a record.
    @inline(__always)
    private func evaluate(_ term: FilterInstruction, _ subject: FilterSubject) -> Bool {
        switch term.test {
        case .never: return false
        case .equal: return (term.ordered(subject.word(at: term.offset)) == term.value) != term.isNegated
        case .less: return term.ordered(subject.word(at: term.offset)) < term.value
        case .lessOrEqual: return term.ordered(subject.word(at: term.offset)) <= term.value
        case .greater: return term.ordered(subject.word(at: term.offset)) > term.value
        case .greaterOrEqual: return term.ordered(subject.word(at: term.offset)) >= term.value
        case .bits: return term.ordered(subject.word(at: term.offset)) & term.value != 0
        case .fixedText:
            // One without a size goes up to the record's end.
            let size = term.size == 0 ? Int.max : Int(term.size)
            return text(term, subject.record.clipped(Int(term.offset), size), length: Int(term.size), texts)
        case .dynamicText, .relativeText:
            let bytes = behind(term, subject)
            return text(term, bytes.span, length: bytes.length, texts)
        default: return evaluateRare(term, subject)
        }
    }

    // MARK: texts

    /// The bytes behind the fixed part that a field says are its own, and how many it says they are.
    @_lifetime(copy subject)
    @inline(__always)
    private func behind(_ term: FilterInstruction, _ subject: FilterSubject) -> DynamicBytes {
        let place = Int(subject.word(at: term.offset) & 0xFFFF_FFFF)
        let base = term.test == .relativeText ? Int(term.offset) + 4 : 0
        return DynamicBytes(
            span: subject.record.clipped(base + (place & 0xFFFF), place >> 16), length: place >> 16)
    }

    private struct DynamicBytes: ~Escapable {
        let span: Span<UInt8>
        let length: Int

        @_lifetime(copy span)
        @inline(__always)
        init(span: Span<UInt8>, length: Int) {
            self.span = span
            self.length = length
        }
    }

    /// The operands are an argument, for a span of a class's own array would need a copy of it.
    @inline(__always)
    private func text(_ term: FilterInstruction, _ bytes: Span<UInt8>, length: Int, _ texts: [UInt8]) -> Bool {
        let range = Int(term.operand)..<Int(term.operand + term.operandCount)
        return term.pattern.matches(bytes, length: length, texts.span.extracting(range)) != term.isNegated
    }

    // MARK: CPUs and task names

    /// Apart, so that the common terms stay short.
    @inline(never)
    private func evaluateRare(_ term: FilterInstruction, _ subject: FilterSubject) -> Bool {
        let cpu = subject.cpu
        let value = Int32(truncatingIfNeeded: term.value)
        switch term.test {
        case .cpuEqual: return cpu == value
        case .cpuNotEqual: return cpu != value
        case .cpuLess: return cpu < value
        case .cpuLessOrEqual: return cpu <= value
        case .cpuGreater: return cpu > value
        case .cpuGreaterOrEqual: return cpu >= value
        case .cpuInSet: return set(term, has: UInt64(UInt32(bitPattern: cpu)))
        case .numberInSet: return number(term, subject).map { set(term, has: $0) } ?? false
        case .numberIsCPU: return number(term, subject) != nil && term.isNegated
        case .setEqual: return sets(term, subject).isEqual != term.isNegated
        case .setIntersects: return sets(term, subject).intersects
        case .setIsOnly: return isOnly(term, subject) != term.isNegated
        case .setHas: return word(Int(term.value / 64), of: term, subject) & (1 << (term.value % 64)) != 0
        case .comm: return text(term, subject.commBytes.span, length: 16, texts)
        default: return false
        }
    }

    /// The number of a field if it is that of a CPU; the kernel looks at its low 32 bits.
    private func number(_ term: FilterInstruction, _ subject: FilterSubject) -> UInt64? {
        let word = (subject.word(at: term.offset) << UInt64(term.shift)) >> UInt64(term.shift)
        let number = UInt64(UInt32(truncatingIfNeeded: word))
        return number < UInt64(cpus) ? number : nil
    }

    private func set(_ term: FilterInstruction, has cpu: UInt64) -> Bool {
        guard cpu / 64 < UInt64(term.operandCount) else { return false }
        return sets[Int(term.operand) + Int(cpu / 64)] & (1 << (cpu % 64)) != 0
    }

    /// 64 CPUs of a record's set; those that are not there are not in it.
    private func word(_ index: Int, of term: FilterInstruction, _ subject: FilterSubject) -> UInt64 {
        let word = behind(term, subject).span.number(at: index * 8, size: 8)
        let left = cpus - index * 64
        return left >= 64 ? word : left <= 0 ? 0 : word & ((1 << UInt64(left)) - 1)
    }

    private func sets(_ term: FilterInstruction, _ subject: FilterSubject) -> (isEqual: Bool, intersects: Bool) {
        var result = (isEqual: true, intersects: false)
        for index in 0..<Int(term.operandCount) {
            let own = sets[Int(term.operand) + index]
            let other = word(index, of: term, subject)
            if own != other { result.isEqual = false }
            if own & other != 0 { result.intersects = true }
        }
        return result
    }

    private func isOnly(_ term: FilterInstruction, _ subject: FilterSubject) -> Bool {
        for index in 0..<((cpus + 63) / 64) {
            let expected: UInt64 = index == Int(term.value / 64) ? 1 << (term.value % 64) : 0
            if word(index, of: term, subject) != expected { return false }
        }
        return true
    }
}
