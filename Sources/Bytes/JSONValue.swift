/// A JSON value as it was read: small documents only, such as the body of a `POST`.
///
/// Numbers keep their text, so that a 64-bit integer survives (`JSONValue.number("18446744073709551615")`).
/// Members keep their order; a name that comes twice is refused when read.
public indirect enum JSONValue: Sendable, Equatable {
    /// `null`
    case null
    /// `true` or `false`
    case boolean(Bool)
    /// A number, as written.
    case number(String)
    /// A string, its escapes resolved.
    case string(String)
    /// `[…]`
    case array([JSONValue])
    /// `{…}`
    case object([Member])

    /// One `"name": value` of an object.
    public struct Member: Sendable, Equatable {
        /// The name, its escapes resolved.
        public let name: String
        /// The value.
        public let value: JSONValue

        /// Makes a member.
        public init(name: String, value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The elements, where it is an array.
    public var arrayValue: [JSONValue]? { if case .array(let elements) = self { elements } else { nil } }

    /// The string, where it is one.
    public var stringValue: String? { if case .string(let text) = self { text } else { nil } }

    /// The members, where it is an object.
    public var members: [Member]? { if case .object(let members) = self { members } else { nil } }
}

/// Why a text is not JSON, and where.
public struct JSONError: Error, Equatable, Sendable {
    /// Bytes from the start of the text.
    public let offset: Int
    /// What was expected, in words.
    public let reason: String

    /// Makes an error.
    public init(offset: Int, reason: String) {
        self.offset = offset
        self.reason = reason
    }
}
