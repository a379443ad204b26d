/// One term of a compiled filter, and where to go on after it.
///
/// Of constant size and without references, so that a filter is an array of them and running it allocates nothing.
struct FilterInstruction: BitwiseCopyable {
    /// What is asked.
    enum Test: UInt8 {
        /// Nothing: false whatever `isNegated` says, as in the kernel for what it cannot look at.
        case never
        /// The number at `offset` against `value`.
        case equal, less, lessOrEqual, greater, greaterOrEqual, bits
        /// The record's CPU against `value`.
        case cpuEqual, cpuNotEqual, cpuLess, cpuLessOrEqual, cpuGreater, cpuGreaterOrEqual
        /// Whether the record's CPU is in `operand`.
        case cpuInSet
        /// Whether the number at `offset` is a CPU, and in `operand`.
        case numberInSet
        /// Whether the number at `offset` is a CPU; in the set or not says `isNegated` alone.
        case numberIsCPU
        /// The set at `offset` against `operand`.
        case setEqual, setIntersects
        /// The set at `offset` against the one CPU `value`.
        case setIsOnly, setHas
        /// The text at `offset` against `operand`.
        case fixedText, dynamicText, relativeText, comm
    }

    var test = Test.never
    /// How a text is compared.
    var pattern = TextPattern.Kind.full
    /// Whether the opposite is asked.
    var isNegated = false
    /// With which result the next instruction is `next`, and not the one behind this.
    var jumpsOn = false
    /// Unused bits of a register above the field's number.
    var shift: UInt8 = 0
    /// Bytes of the field; at most 65,535.
    var size: UInt16 = 0
    /// Bytes from the record's start.
    var offset: Int32 = 0
    /// Where to go on.
    var next: Int32 = 0
    /// The highest bit where the number has a sign.
    var sign: UInt64 = 0
    /// What a number is compared with, brought into the order of ``ordered(_:)``.
    var value: UInt64 = 0
    /// Where the text, or the set of CPUs, stands among the filter's operands.
    var operand: Int32 = 0
    /// Its bytes, or its words.
    var operandCount: Int32 = 0

    /// The number in the low bytes of a word, such that unsigned comparison orders it right: at the top of the word, what
    /// is above it cut off, and its sign turned where it has one.
    @inline(__always)
    func ordered(_ word: UInt64) -> UInt64 { word << UInt64(shift) ^ sign }
}
