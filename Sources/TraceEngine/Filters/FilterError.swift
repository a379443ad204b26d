internal import Bytes
public import SystemPackage

/// Why a text is no filter, as Linux says it.
///
/// The kernel's errnos are kept, strange as some are: the codes of its parser reach the caller, so that one `)` too many
/// is EPERM, a `(` without its `)` ENOENT and a missing quote ESRCH (recorded from Linux 6.18).
public struct FilterError: Error, Sendable, Equatable {
    /// The kernel's messages.
    public enum Kind: String, Sendable, CaseIterable {
        /// No operator, or one that does not suit.
        case invalidOperator = "Invalid operator"
        /// A `(` without its `)`.
        case tooManyOpen = "Too many '('"
        /// A `)` without its `(`; the words are the kernel's.
        case tooManyClose = "Too few '('"
        /// A quote without its other.
        case missingQuote = "Missing matching quote"
        /// `CPUS` without `{`.
        case missingBraceOpen = "Missing '{'"
        /// `CPUS{` without `}`.
        case missingBraceClose = "Missing '}'"
        /// Text of 256 bytes or more, a number of 24 or more.
        case operandTooLong = "Operand too long"
        /// A number for a text.
        case expectString = "Expecting string field"
        /// A text for a number.
        case expectDigit = "Expecting numeric field"
        /// An operator that the field's type has not.
        case illegalFieldOperation = "Illegal operation for field type"
        /// No such field.
        case fieldNotFound = "Field not found"
        /// Not a number, or one beyond 64 bits.
        case illegalInteger = "Illegal integer value"
        /// What the event of a system shows whose filter did not suit it.
        case badSystemFilter = "Couldn't find or set field in one of a subsystem's events"
        /// Something behind a term that is neither `&&` nor `||`.
        case tooManyTerms = "Too many terms in predicate expression"
        /// Not a list of CPUs.
        case invalidCPUList = "Invalid cpulist"
        /// Neither number nor quoted text.
        case invalidValue = "Invalid value (did you forget quotes)?"
        /// There are no functions here.
        case noFunction = "Function not found"
        /// The kernel has no words for it.
        case unnamed = "Error"
        /// No term at all.
        case noFilter = "No filter found"
    }

    /// What is wrong.
    public let kind: Kind
    /// Where, as the kernel counts: mostly one byte behind the place; may be one beyond the end.
    public let position: Int
    /// EINVAL, EPERM, ENOENT, ESRCH: the kernel's.
    public let errno: Errno

    init(_ kind: Kind, at position: Int, _ errno: Errno = .invalidArgument) {
        self.kind = kind
        self.position = position
        self.errno = errno
    }

    /// What the kernel refuses without a word.
    static func unnamed(_ errno: Errno) -> FilterError { FilterError(.unnamed, at: 0, errno) }

    /// What the file `filter` shows after the refused text, its last newline not among it.
    func append(below text: Span<UInt8>, to out: inout ByteBuffer) {
        out.append(text)
        if kind == .unnamed {
            out.append("\nError: (0)\n")
            return
        }
        out.append(0x0A)
        out.append(repeating: 0x20, count: min(position, text.count))
        out.append("^\nparse_error: ")
        out.append(kind.rawValue)
        out.append(0x0A)
    }
}
