/// What an entry is: the words of the member `type` of a creation, and of `format` beside a value.
public enum DebugType: UInt8, Sendable, CaseIterable {
    /// Has entries.
    case directory
    /// Leads to another path.
    case symlink
    /// Unsigned, decimal.
    case u8, u16, u32, u64
    /// Unsigned, hexadecimal with all its digits.
    case x8, x16, x32, x64
    /// A size and an `unsigned long`: 64 bits, unsigned, decimal.
    case size, ulong
    /// Signed, decimal.
    case s8, s16, s32, s64
    /// `atomic_t`: 32 bits, signed, decimal.
    case atomic
    /// `Y` or `N`.
    case bool
    /// One line of text.
    case str
    /// Bytes as they are, not to be written.
    case blob
    /// Numbers of 32 bits, not to be written.
    case u32Array
    /// Names with a number of 32 bits each, not to be written.
    case regset32
    /// What two closures of the program read and write.
    case file
    /// What the program renders while it is read.
    case sequence

    /// The word for it.
    public var name: String {
        switch self {
        case .directory: "directory"
        case .symlink: "symlink"
        case .u8: "u8"
        case .u16: "u16"
        case .u32: "u32"
        case .u64: "u64"
        case .x8: "x8"
        case .x16: "x16"
        case .x32: "x32"
        case .x64: "x64"
        case .size: "size_t"
        case .ulong: "ulong"
        case .s8: "s8"
        case .s16: "s16"
        case .s32: "s32"
        case .s64: "s64"
        case .atomic: "atomic"
        case .bool: "bool"
        case .str: "str"
        case .blob: "blob"
        case .u32Array: "u32_array"
        case .regset32: "regset32"
        case .file: "file"
        case .sequence: "sequence"
        }
    }

    /// Those that a client can make: what takes no closure.
    public static let creatable = allCases.filter { $0 != .file && $0 != .sequence }

    /// Whether it is one number, kept in place.
    var isNumber: Bool { rawValue >= DebugType.u8.rawValue && rawValue <= DebugType.bool.rawValue }

    /// Whether a write can ever change it.
    var isWritable: Bool { isNumber || self == .str || self == .file }

    /// The permission bits where none are given.
    var modeByDefault: UInt16 {
        switch self {
        case .directory: 0o755
        case .symlink: 0o777
        default: isWritable ? 0o644 : 0o444
        }
    }
}
