public import Bytes

/// The typed value of a file; its forms are derived from it.
public enum Value: Sendable, Equatable {
    /// A member of a record.
    public struct Member: Sendable, Equatable {
        /// The name, in snake case.
        public let name: String
        /// The value.
        public let value: Value

        /// Makes a member.
        public init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    /// Neither one nor the other.
    case null
    /// True or false: `1` and `0` in text.
    case boolean(Bool)
    /// A signed number.
    case integer(Int64)
    /// An unsigned number.
    case unsigned(UInt64)
    /// Text without its newline.
    case text(String)
    /// One a line.
    case list([Value])
    /// A name and a value a line.
    case record([Member])
}

extension ByteBuffer {
    /// Appends a value as compact JSON.
    ///
    /// - Parameters:
    ///   - value: what to write.
    ///   - int64AsString: whether numbers that a double cannot hold exactly are quoted: every 64-bit one.
    public mutating func append(json value: Value, int64AsString: Bool = false) {
        switch value {
        case .null: append("null")
        case .boolean(let flag): append(flag ? "true" as StaticString : "false")
        case .integer(let number):
            if int64AsString { append(0x22) }
            append(decimal: number)
            if int64AsString { append(0x22) }
        case .unsigned(let number):
            if int64AsString { append(0x22) }
            append(decimal: number)
            if int64AsString { append(0x22) }
        case .text(let text): append(jsonString: text)
        case .list(let elements):
            append(0x5B)
            for (index, element) in elements.enumerated() {
                if index > 0 { append(0x2C) }
                append(json: element, int64AsString: int64AsString)
            }
            append(0x5D)
        case .record(let members):
            append(0x7B)
            append(members: members, int64AsString: int64AsString)
            append(0x7D)
        }
    }

    /// Appends members without the braces around them: `"a":1,"b":2`.
    public mutating func append(members: [Value.Member], int64AsString: Bool = false) {
        for (index, member) in members.enumerated() {
            if index > 0 { append(0x2C) }
            append(jsonString: member.name)
            append(0x3A)
            append(json: member.value, int64AsString: int64AsString)
        }
    }

    /// Appends a value as the text of a pseudo-file, with its newline.
    public mutating func append(text value: Value) {
        switch value {
        case .null: append(0x0A)
        case .boolean(let flag): append(flag ? "1\n" as StaticString : "0\n")
        case .integer(let number):
            append(decimal: number)
            append(0x0A)
        case .unsigned(let number):
            append(decimal: number)
            append(0x0A)
        case .text(let text):
            append(text)
            append(0x0A)
        case .list(let elements):
            for element in elements { append(text: element) }
        case .record(let members):
            for member in members {
                append(member.name)
                append(": ")
                append(text: member.value)
            }
        }
    }
}
