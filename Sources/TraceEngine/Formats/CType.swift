/// A C type as far as printing needs it: how many bytes, with a sign or not, pointing at what.
///
/// ```swift
/// CType.named("unsigned long")    // 8 bytes, unsigned
/// CType.named("s16")              // 2 bytes, signed
/// CType.named("zork_t")           // nil
/// ```
///
/// Sizes are those of 64-bit Linux (LP64), where a `char` of the kernel has no sign.
public struct CType: Sendable, Equatable, BitwiseCopyable {
    /// 1, 2, 4 or 8 bytes.
    public let size: UInt8
    /// Whether the highest bit is a sign.
    public let isSigned: Bool
    /// For a pointer: bytes of what it points at; 0 where it is none.
    let pointee: UInt16

    /// Makes a type.
    public init(size: UInt8, isSigned: Bool) { self.init(size: size, isSigned: isSigned, pointee: 0) }

    init(size: UInt8, isSigned: Bool, pointee: UInt16) {
        self.size = size
        self.isSigned = isSigned
        self.pointee = pointee
    }

    static let int = CType(size: 4, isSigned: true)
    static let unsigned = CType(size: 4, isSigned: false)
    static let long = CType(size: 8, isSigned: true)
    static let unsignedLong = CType(size: 8, isSigned: false)

    /// The type of a name; `const`, `volatile` and the order of `unsigned long int` do not matter.
    ///
    /// - Parameter name: words with single spaces, no `*`.
    /// - Returns: nil for a name not known. Costs one look-up in a table.
    public static func named(_ name: String) -> CType? {
        if let type = table[name] { return type }
        var words = name.split(separator: " ").filter { $0 != "const" && $0 != "volatile" && $0 != "__seg_gs" }
        if words.first == "enum", words.count == 2 { return .unsigned }
        if words.count > 1 { words.removeAll { $0 == "int" } }
        return table[words.joined(separator: " ")]
    }

    /// Whether a word can only begin a type.
    static func isKeyword(_ word: String) -> Bool {
        switch word {
        case "const", "volatile", "unsigned", "signed", "struct", "union", "enum", "char", "short", "int", "long",
            "void", "bool", "_Bool", "static":
            true
        default: false
        }
    }

    /// Bytes of what is pointed at, for the structures whose arrays the kernel's formats walk.
    static func pointeeSize(_ name: String) -> UInt16 {
        if let type = named(name) { return UInt16(type.size) }
        return name == "struct page" ? 64 : 1
    }

    private static let table: [String: CType] = {
        let signed: [(UInt8, String)] = [
            (1, "s8 __s8 int8_t signed_char"),
            (2, "short signed_short s16 __s16 int16_t"),
            (4, "int signed s32 __s32 int32_t pid_t clockid_t __kernel_rwf_t rwf_t"),
            (8, "long long_long signed_long s64 __s64 int64_t loff_t ssize_t off_t time64_t ktime_t ptrdiff_t"),
        ]
        let unsigned: [(UInt8, String)] = [
            (1, "char u8 __u8 uint8_t unsigned_char bool _Bool"),
            (2, "unsigned_short u16 __u16 uint16_t __le16 __be16 umode_t ushort"),
            (
                4,
                """
                unsigned u32 __u32 uint32_t uint __le32 __be32 gfp_t dev_t uid_t gid_t tid_t errseq_t blk_opf_t fmode_t
                """
            ),
            (
                8,
                """
                unsigned_long unsigned_long_long u64 __u64 uint64_t __le64 __be64 size_t ulong uintptr_t sector_t \
                ino_t dma_addr_t resource_size_t phys_addr_t blkcnt_t gpa_t gfn_t gva_t cpumask_t vm_flags_t
                """
            ),
        ]
        var table: [String: CType] = [:]
        for (group, isSigned) in [(signed, true), (unsigned, false)] {
            for (size, names) in group {
                for name in names.split(separator: " ") {
                    let words = name.hasPrefix("_") || name.hasSuffix("_t") ? [String(name)] : spellings(name)
                    for word in words { table[word] = CType(size: size, isSigned: isSigned) }
                }
            }
        }
        return table
    }()

    private static func spellings(_ name: Substring) -> [String] {
        [String(name), name.split(separator: "_").joined(separator: " ")]
    }
}
