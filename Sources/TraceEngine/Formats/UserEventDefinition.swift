public import SystemPackage

/// An event that a program defines: `u:shop/order u64 id; char[16] sku; __data_loc char[] note`.
///
/// ```swift
/// let order = try UserEventDefinition(parsing: text.utf8Span.span)
/// order.text                          // "u:shop/order u64 id; char[16] sku; __data_loc char[] note"
/// try order.format(id: 2400)          // its EventFormat
/// ```
///
/// The syntax is that of the kernel's user_events, with a system before the name; the system is `user_events` where
/// none is given. Fields stand one after the other without alignment, from byte 8 on, as there.
public struct UserEventDefinition: Sendable, Equatable {
    /// One field.
    public struct Field: Sendable, Equatable {
        /// The type as written: `char[16]`, `struct point`, `__data_loc char[]`.
        public let type: String
        /// The name.
        public let name: String
        /// Bytes it takes in the fixed part.
        public let size: Int
    }

    /// What a definition may not exceed.
    public struct Limits: Sendable {
        /// Bytes of the whole text; the kernel's are 512 with the name.
        public var textBytes = 4096
        /// Bytes of a system's, event's or field's name.
        public var nameBytes = 63
        /// Fields of an event.
        public var fieldCountMax = 128
        /// Bytes of an array; the kernel's `MAX_FIELD_ARRAY_SIZE`.
        public var arrayBytes = 1024
        /// Bytes of the fixed part, which must fit a sub-buffer.
        public var recordBytes = 4000

        /// The limits as they stand above.
        public init() {}
    }

    /// Why a text defines no event, and where.
    public struct Problem: Error, Sendable, Equatable {
        /// Bytes from the start of the text.
        public let offset: Int
        /// What is wrong, in words.
        public let reason: String
        /// EINVAL or E2BIG.
        public let errno: Errno
    }

    /// The system: `shop`.
    public let system: String
    /// The event: `order`.
    public let name: String
    /// Its fields, in order.
    public let fields: [Field]

    /// The system of events that name none.
    public static var defaultSystem: String { "user_events" }

    /// Parses a definition.
    ///
    /// - Parameters:
    ///   - text: `[u:][SYSTEM/]NAME [TYPE FIELD[; TYPE FIELD…]]`; white space may be more than one space. Flags behind
    ///     the name, `NAME:FLAG`, are EINVAL as in the kernel, which has none.
    ///   - limits: what it may not exceed.
    /// - Throws: ``Problem``: EINVAL for what is no definition, a name that is too long included, E2BIG for too much.
    public init(parsing text: Span<UInt8>, limits: Limits = Limits()) throws(Problem) {
        var parser = UserEventParser(text, limits: limits)
        (system, name) = try parser.head()
        fields = try parser.fields()
    }

    /// The definition as `dynamic_events` shows it; the default system is not shown, as in the kernel.
    public var text: String {
        let head = system == Self.defaultSystem ? "u:\(name)" : "u:\(system)/\(name)"
        if fields.isEmpty { return head }
        let shown = fields.map { field in
            "\(field.type) \(field.name)" + (field.type.behind("struct ") == nil ? "" : " \(field.size)")
        }
        return head + " " + shown.joined(separator: "; ")
    }
}
