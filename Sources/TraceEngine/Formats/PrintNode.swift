/// One node of a compiled print fmt: an operation, its type, and where its operands stand in the program.
///
/// Trivial and 40 bytes, so that evaluation follows indices through one array and counts no references.
struct PrintNode: BitwiseCopyable, Sendable {
    /// What kind of value comes out.
    enum Form: UInt8, Sendable {
        /// A number of the node's type.
        case integer
        /// Bytes of the record: an array, a text, a pointer into them. The type is that of one element.
        case bytes
        /// Text that is made.
        case text
        /// `REC` itself.
        case record
    }

    /// What is done. `a`, `b` and `c` are node indices unless said otherwise.
    enum Operation: UInt8, Sendable {
        // integers
        /// `value`.
        case constant
        /// A name without a known value: 0, and no entry of a table matches it.
        case unresolved
        /// The number at record offset `value`, of `b` bytes, with a sign where `c` is 1.
        case field
        case cast, negate, complement, not
        case add, subtract, multiply, divide, remainder, shiftLeft, shiftRight
        case less, lessEqual, greater, greaterEqual, equal, notEqual
        case bitAnd, bitXor, bitOr, and, or
        /// `a ? b : c`, of any form.
        case conditional
        /// Element `b` of the bytes `a`.
        case element
        /// Bytes behind the descriptor at record offset `value`.
        case dynamicLength
        /// `value` bits of `a` from bit `b` (not a node) up.
        case bits

        // bytes
        /// `b` bytes at record offset `value`; `b` < 0: up to the record's end.
        case place
        /// Bytes that the descriptor at record offset `value` names; `b` is 1 for `__rel_loc`.
        case dynamicPlace
        /// The bytes `a` from element `b` on.
        case advanced

        // text
        /// `b` bytes of the program's text at `value`.
        case literal
        /// The value `a` in the words of table `value`.
        case flags, symbolic
        /// String number `a` of table `value`; beyond the end the last.
        case stringAt
        /// The bytes `a`, of them the first `b`, in hexadecimal; a space between where `value` is 1.
        case hex
        /// The bytes `a`: `b` numbers of `c` bytes, as `{0x1,0x2}`.
        case array
        /// The bytes `a` as a mask of bits.
        case bitmask
        /// The bytes `a`, of them the first `b`, as a dump of 16 a row.
        case hexDump
        /// The bytes `a` as a socket address.
        case socketAddress
        /// What the pieces of range `value` of the program print, up to the first NUL.
        case printed
        case record
    }

    var operation: Operation
    var form: Form
    var type: CType
    var a: Int32 = -1
    var b: Int32 = -1
    var c: Int32 = -1
    var value: UInt64 = 0

    init(_ operation: Operation, _ form: Form, _ type: CType = .unsignedLong) {
        self.operation = operation
        self.form = form
        self.type = type
    }
}

/// A stretch of a print fmt's output: literal text, or one conversion.
struct PrintPiece: BitwiseCopyable, Sendable {
    /// What is shown.
    enum Kind: UInt8, Sendable {
        case literal, decimal, hexadecimal, octal, character, text
        case pointer, symbol, ipv4, ipv6, socketAddress, uuid, mac, hexBytes, bitmap, bitmapList
    }

    /// What stands between `%` and the letter, as bits.
    struct Flags: OptionSet, BitwiseCopyable, Sendable {
        let rawValue: UInt8
        static let left = Flags(rawValue: 1)
        static let plus = Flags(rawValue: 2)
        static let space = Flags(rawValue: 4)
        static let alternate = Flags(rawValue: 8)
        static let zero = Flags(rawValue: 16)
        static let upper = Flags(rawValue: 32)
    }

    var kind: Kind
    var flags: Flags = []
    /// For numbers: the width that the length modifier asks for.
    var type: CType = .int
    /// The letters behind `%p`, for the kinds that have variants.
    var variant: UInt16 = 0
    /// Characters, or -1; where `widthNode` is given that decides.
    var width: Int32 = -1
    var precision: Int32 = -1
    var widthNode: Int32 = -1
    var precisionNode: Int32 = -1
    /// The node shown; for a literal its first byte in the program's text.
    var argument: Int32 = -1
    /// For a literal: its bytes.
    var count: Int32 = 0
}

/// A table of `__print_flags` or `__print_symbolic`, or of strings.
struct PrintTable: BitwiseCopyable, Sendable {
    /// One `{ mask, "name" }`.
    struct Entry: BitwiseCopyable, Sendable {
        var mask: UInt64
        /// Whether the mask is known; a name of an enumeration may not be.
        var isKnown: Bool
        var textStart: Int32
        var textCount: Int32
    }

    var first: Int32
    var count: Int32
    var delimiterStart: Int32 = 0
    var delimiterCount: Int32 = 0
}
