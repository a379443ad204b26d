/// A field of a synthetic event: `u64 lat`, `char comm[16]`, `char name[]`.
struct SyntheticField: Sendable, Equatable {
    /// As the list shows it: `char[16]`.
    let type: String
    let name: String
    /// Bytes that count of the value; a dynamic text has 8.
    let size: Int
    /// Where it stands in a record: numbers take 8 bytes, texts of a fixed size 256.
    let offset: Int

    /// Whether it is text.
    var isText: Bool { type.contains("char[") }
    /// Whether its text stands behind the fixed part.
    let isDynamic: Bool
    /// As the kernel tells it, from the spelling.
    var isSigned: Bool { !(type.hasPrefix("u") || type == "gfp_t") }
    /// Bytes it takes.
    var room: Int { isText && !isDynamic ? HistogramLimit.textBytes : 8 }

    /// Bytes of a type; 0 is a text of any length, nil no type.
    static func size(of type: String) -> Int? {
        switch type {
        case "s64", "u64", "long", "unsigned long": return 8
        case "s32", "u32", "int", "unsigned int", "pid_t", "gfp_t": return 4
        case "s16", "u16": return 2
        case "s8", "u8", "char", "unsigned char", "bool": return 1
        default: break
        }
        guard let brackets = type.behind("char[") ?? type.behind("unsigned char["), brackets.hasSuffix("]") else {
            return nil
        }
        let digits = brackets.dropLast()
        if digits.isEmpty { return 0 }
        guard digits.utf8.count <= 3, let count = KernelInteger.unsigned(String(digits).utf8Span.span),
            count <= UInt64(HistogramLimit.textBytes)
        else { return nil }
        return Int(count)
    }

    /// Whether a variable's value can be put into it.
    func takes(_ variable: HistogramField) -> Bool {
        if variable.type.contains("char["), isText, isDynamic { return true }
        let own = isDynamic ? "__data_loc " + type : type
        return own == variable.type || (size == variable.size && (isText || isSigned == variable.isSigned))
    }

    /// How `print fmt` shows it.
    var conversion: String {
        switch type {
        case "s64": "%lld"
        case "s32", "s16", "s8", "char", "int", "bool", "pid_t": "%d"
        case "u32", "u16", "u8", "unsigned char", "unsigned int": "%u"
        case "long": "%ld"
        case "unsigned long": "%lu"
        case "gfp_t": "%x"
        default: isText ? "%s" : "%llu"
        }
    }
}
