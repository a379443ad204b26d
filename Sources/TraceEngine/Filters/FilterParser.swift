internal import Bytes
internal import SystemPackage

/// Reads a filter and makes the program that it stands for.
///
/// The grammar: terms between `&&` and `||`, of which `&&` binds tighter; parentheses; any number of `!` before a term or
/// a parenthesis. What the kernel takes though it looks wrong is taken too: `a == 1 &&` is `a == 1`.
///
/// The program is made in one pass without recursion, as kernel/trace/trace_events_filter.c explains it: each term first
/// remembers the term before it, and learns where to go on when the operator behind a later one is known. Then jumps to
/// a term that would jump on the same result go where that one goes, and `!` turns the result that a term jumps on.
struct FilterParser: ~Escapable {
    let text: FilterText
    let format: EventFormat
    let cpus: Int
    /// The texts of the terms, one behind the other.
    var texts: [UInt8] = []
    /// The words of the sets of CPUs.
    var sets: [UInt64] = []
    private var terms: [Term] = []

    /// A term on its way into the program.
    private struct Term {
        var instruction: FilterInstruction
        /// Whether an odd number of `!` applies to it.
        let isInverted: Bool
        /// The term before which to go on when jumping; until that is known, the term whose jump this one decides.
        var target: Int
    }

    /// An open parenthesis, or the whole.
    private struct Level {
        let isInverted: Bool
        var waitsForAnd = false
        var waitsForOr = false
    }

    @_lifetime(copy text)
    init(_ text: Span<UInt8>, format: EventFormat, cpus: Int) {
        self.text = FilterText(text)
        self.format = format
        self.cpus = cpus
    }

    /// The program.
    mutating func parse() throws(FilterError) -> [FilterInstruction] {
        let expected = try expectedTermCount()
        if expected == 0 { throw .unnamed(.invalidArgument) }
        var levels = [Level(isInverted: false)]
        var isInverted = false
        var index = 0
        while text[index] != 0 {
            let start = index
            index += 1
            if FilterText.isSpace(text[start]) { continue }
            if text[start] == 0x28 {
                levels.append(Level(isInverted: isInverted))
                continue
            }
            // `!=` and `!~` are operators, here without a field.
            if text[start] == 0x21, text[start + 1] != 0x3D, text[start + 1] != 0x7E {
                isInverted.toggle()
                continue
            }
            // Room for two more than were counted, as the kernel leaves it.
            if terms.count >= expected + 2 { throw FilterError(.tooManyTerms, at: start, .notPermitted) }
            let (instruction, end) = try term(at: start)
            terms.append(Term(instruction: instruction, isInverted: isInverted, target: terms.count - 1))
            index = end
            if try operators(&index, &levels) { break }
            isInverted = levels[levels.count - 1].isInverted
        }
        if levels.count > 1 { throw FilterError(.tooManyOpen, at: index, .notPermitted) }
        if terms.isEmpty { throw FilterError(.noFilter, at: index) }
        return try program()
    }

    /// Reads what stands behind a term, up to the operator before the next one.
    ///
    /// - Returns: whether the text ends.
    private mutating func operators(_ index: inout Int, _ levels: inout [Level]) throws(FilterError) -> Bool {
        while true {
            let start = index
            let byte = text[start]
            index += 1
            if FilterText.isSpace(byte) { continue }
            switch byte {
            case 0x29, 0: break
            case 0x26 where text[index] == byte, 0x7C where text[index] == byte: index += 1
            default: throw FilterError(.tooManyTerms, at: start, .notPermitted)
            }
            let top = levels.count - 1
            if levels[top].waitsForAnd { decide(jumpsOn: levels[top].isInverted) }
            levels[top].waitsForAnd = byte == 0x26
            if byte == 0x26 { return false }
            if levels[top].waitsForOr { decide(jumpsOn: !levels[top].isInverted) }
            levels[top].waitsForOr = byte == 0x7C
            if byte == 0x7C { return false }
            if byte == 0 {
                index = start
                return true
            }
            if top == 0 { throw FilterError(.tooManyClose, at: index, .notPermitted) }
            levels.removeLast()
        }
    }

    /// Lets the term that the last one is to decide jump to before the last one.
    private mutating func decide(jumpsOn result: Bool) {
        let last = terms.count - 1
        let decided = terms[last].target
        guard decided >= 0 else { return }
        terms[last].target = terms[decided].target
        terms[decided].target = last
        terms[decided].instruction.jumpsOn = result
    }

    private mutating func program() throws(FilterError) -> [FilterInstruction] {
        let count = terms.count
        terms[count - 1].target = count
        terms[count - 1].instruction.jumpsOn = false
        for index in stride(from: count - 2, through: 0, by: -1) {
            let target = terms[index].target
            guard target > index else { throw .unnamed(.invalidArgument) }
            if terms[index].instruction.jumpsOn == terms[target].instruction.jumpsOn {
                terms[index].target = terms[target].target
            }
        }
        return terms.map { term in
            var instruction = term.instruction
            instruction.jumpsOn = instruction.jumpsOn != term.isInverted
            instruction.next = Int32(term.target + 1)
            return instruction
        }
    }
}
