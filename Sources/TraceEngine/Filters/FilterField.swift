internal import Bytes

/// What a filter needs to know of a field.
struct FilterField {
    /// How the kernel filters a field, which it tells from the spelling of its type.
    enum Kind {
        /// Whatever is none of the others, in so many bytes; only 1, 2, 4 and 8 can be compared.
        case number
        /// `char[16]`; of no size, up to the record's end.
        case fixedText
        /// `__data_loc char[]`.
        case dynamicText
        /// `__rel_loc char[]`.
        case relativeText
        /// `char *`: the text is in a memory that is not there.
        case pointer
        /// `__data_loc cpumask_t`.
        case cpuMask
        /// The CPU of the record, which every event has: `CPU`, `cpu`, `common_cpu`.
        case cpu
        /// The name of the record's task, which every event has: `COMM`, `comm`.
        case comm
        /// `stacktrace`, which every event has and nothing can be compared with.
        case stack
    }

    let kind: Kind
    let offset: Int
    let size: Int
    let isSigned: Bool

    /// Whether it is compared with text in quotes.
    var isText: Bool {
        switch kind {
        case .fixedText, .dynamicText, .relativeText, .pointer, .comm: true
        case .number, .cpuMask, .cpu, .stack: false
        }
    }

    private init(_ kind: Kind, offset: Int = 0, size: Int = 0, isSigned: Bool = false) {
        self.kind = kind
        self.offset = offset
        self.size = size
        self.isSigned = isSigned
    }

    init(_ field: EventField) {
        self.init(Self.kind(of: field.type), offset: field.offset, size: field.size, isSigned: field.isSigned)
    }

    /// The field of a name: the event's own first, then those that every event has.
    init?(named name: Span<UInt8>, in format: EventFormat) {
        if let own = format.fields.first(where: { name.equals($0.name) }) {
            self.init(own)
        } else if let generic = Self.generic(name) {
            self = generic
        } else if let common = format.commonFields.first(where: { name.equals($0.name) }) {
            self.init(common)
        } else {
            return nil
        }
    }

    private static func generic(_ name: Span<UInt8>) -> FilterField? {
        if name.equals("cpu") || name.equals("CPU") || name.equals("common_cpu") {
            return FilterField(.cpu, isSigned: true)
        }
        if name.equals("comm") || name.equals("COMM") { return FilterField(.comm) }
        if name.equals("stacktrace") || name.equals("STACKTRACE") { return FilterField(.stack) }
        return nil
    }

    private static func kind(of type: String) -> Kind {
        if type.contains("__data_loc") {
            if type.contains("char") { return .dynamicText }
            if type.contains("cpumask_t") { return .cpuMask }
        }
        if type.contains("__rel_loc"), type.contains("char") { return .relativeText }
        if type.contains("["), type.contains("char") { return .fixedText }
        return type == "char *" || type == "const char *" ? .pointer : .number
    }
}
