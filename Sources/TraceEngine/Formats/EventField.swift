/// One field of an event's record, as its `format` text declares it.
///
/// `field:__data_loc char[] note; offset:8; size:4; signed:0;` is a field `note` of type `__data_loc char[]`.
public struct EventField: Sendable, Equatable {
    /// What stands at the field's offset.
    public enum Shape: Sendable, Equatable {
        /// An integer of 1, 2, 4 or 8 bytes.
        case number
        /// A `char[N]`: text up to its first NUL.
        case text
        /// `count` integers of `elementSize` bytes each.
        case array(elementSize: Int, count: Int)
        /// A u32: offset in its low 16 bits (from the record's start; `relative`: from the end of this u32),
        /// length in its high 16. The bytes stand behind the fixed part; `isText` for `char[]`.
        case dynamic(elementSize: Int, isText: Bool, relative: Bool)
        /// Bytes of a structure that the text does not describe.
        case opaque
    }

    /// The name, without brackets.
    public let name: String
    /// The type as written, brackets included where they were: `unsigned int`, `char[16]`, `__data_loc char[]`.
    public let type: String
    /// Bytes from the record's start.
    public let offset: Int
    /// Bytes it takes in the fixed part.
    public let size: Int
    /// Whether a number is signed.
    public let isSigned: Bool
    /// What stands there.
    public let shape: Shape

    /// Makes a field.
    public init(name: String, type: String, offset: Int, size: Int, isSigned: Bool, shape: Shape) {
        self.name = name
        self.type = type
        self.offset = offset
        self.size = size
        self.isSigned = isSigned
        self.shape = shape
    }
}
