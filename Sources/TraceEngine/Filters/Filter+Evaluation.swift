internal import Bytes

extension Filter {
    /// What one term says of a record.
    @inline(__always)
    func evaluate(_ term: FilterInstruction, _ subject: borrowing FilterSubject) -> Bool {
        switch term.test {
        case .never: return false
        case .equal: return (number(term, subject) == term.value) != term.isNegated
        case .less: return number(term, subject) < term.value
        case .lessOrEqual: return number(term, subject) <= term.value
        case .greater: return number(term, subject) > term.value
        case .greaterOrEqual: return number(term, subject) >= term.value
        case .bits: return number(term, subject) & term.value != 0
        case .fixedText:
            return text(term, subject.record.clipped(Int(term.offset), fixedSize(term)), length: Int(term.size))
        case .dynamicText: return dynamicText(term, subject, base: 0)
        case .relativeText: return dynamicText(term, subject, base: Int(term.offset) + 4)
        default: return evaluateRare(term, subject)
        }
    }

    @inline(__always)
    private func number(_ term: FilterInstruction, _ subject: borrowing FilterSubject) -> UInt64 {
        term.ordered(subject.number(at: term.offset, size: term.size))
    }

    // MARK: texts

    /// Bytes of a text in the fixed part; one without a size goes up to the record's end.
    @inline(__always)
    private func fixedSize(_ term: FilterInstruction) -> Int { term.size == 0 ? Int.max : Int(term.size) }

    @inline(__always)
    private func text(_ term: FilterInstruction, _ bytes: Span<UInt8>, length: Int) -> Bool {
        Self.text(term, bytes, length: length, texts)
    }

    /// The operands as an argument, for a span of a class's own array would need a copy of it.
    @inline(__always)
    private static func text(
        _ term: FilterInstruction, _ bytes: Span<UInt8>, length: Int, _ texts: [UInt8]
    ) -> Bool {
        let range = Int(term.operand)..<Int(term.operand + term.operandCount)
        return term.pattern.matches(bytes, length: length, texts.span.extracting(range)) != term.isNegated
    }

    @inline(__always)
    private func dynamicText(_ term: FilterInstruction, _ subject: borrowing FilterSubject, base: Int) -> Bool {
        let place = Int(truncatingIfNeeded: subject.number(at: term.offset, size: 4) & 0xFFFF_FFFF)
        return text(term, subject.record.clipped(base + (place & 0xFFFF), place >> 16), length: place >> 16)
    }

    // MARK: CPUs and task names

    /// Apart, so that the common terms stay short.
    @inline(never)
    private func evaluateRare(_ term: FilterInstruction, _ subject: borrowing FilterSubject) -> Bool {
        let cpu = Int32(truncatingIfNeeded: subject.cpu)
        let value = Int32(truncatingIfNeeded: term.value)
        switch term.test {
        case .cpuEqual: return cpu == value
        case .cpuNotEqual: return cpu != value
        case .cpuLess: return cpu < value
        case .cpuLessOrEqual: return cpu <= value
        case .cpuGreater: return cpu > value
        case .cpuGreaterOrEqual: return cpu >= value
        case .cpuInSet: return set(term, has: UInt64(UInt32(bitPattern: cpu)))
        case .numberInSet:
            let number = number(term, subject)
            return number < UInt64(cpus) && set(term, has: number)
        case .numberIsCPU: return UInt32(truncatingIfNeeded: number(term, subject)) < UInt32(cpus) && term.isNegated
        case .setEqual: return sets(term, subject).isEqual != term.isNegated
        case .setIntersects: return sets(term, subject).intersects
        case .setIsOnly: return only(term, subject) != term.isNegated
        case .setHas: return word(Int(term.value / 64), of: term, subject) & (1 << (term.value % 64)) != 0
        case .comm: return text(term, subject.comm.span, length: 16)
        default: return false
        }
    }

    private func set(_ term: FilterInstruction, has cpu: UInt64) -> Bool {
        guard cpu / 64 < UInt64(term.operandCount) else { return false }
        return sets[Int(term.operand) + Int(cpu / 64)] & (1 << (cpu % 64)) != 0
    }

    /// 64 CPUs of a record's set; those that are not there are not in it.
    private func word(_ index: Int, of term: FilterInstruction, _ subject: borrowing FilterSubject) -> UInt64 {
        let place = Int(truncatingIfNeeded: subject.number(at: term.offset, size: 4) & 0xFFFF_FFFF)
        let word = subject.record.clipped(place & 0xFFFF, place >> 16).number(at: index * 8, size: 8)
        let left = cpus - index * 64
        return left >= 64 ? word : left <= 0 ? 0 : word & ((1 << UInt64(left)) - 1)
    }

    private func sets(
        _ term: FilterInstruction, _ subject: borrowing FilterSubject
    ) -> (isEqual: Bool, intersects: Bool) {
        var result = (isEqual: true, intersects: false)
        for index in 0..<Int(term.operandCount) {
            let own = sets[Int(term.operand) + index]
            let other = word(index, of: term, subject)
            if own != other { result.isEqual = false }
            if own & other != 0 { result.intersects = true }
        }
        return result
    }

    private func only(_ term: FilterInstruction, _ subject: borrowing FilterSubject) -> Bool {
        for index in 0..<((cpus + 63) / 64) {
            let expected: UInt64 = index == Int(term.value / 64) ? 1 << (term.value % 64) : 0
            if word(index, of: term, subject) != expected { return false }
        }
        return true
    }
}
