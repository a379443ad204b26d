public import SystemPackage

/// Why no record can be made of what was given.
///
/// `RecordError(field: "qty", offset: 0, reason: "takes -2147483648 to 2147483647", errno: .outOfRange)`
public struct RecordError: Error, Equatable, Sendable {
    /// The field it is about, where it is about one.
    public let field: String?
    /// Bytes from the start of the text, where there is one; else 0.
    public let offset: Int
    /// What is wrong, in words.
    public let reason: String
    /// The kernel's word for it.
    public let errno: Errno

    /// Makes an error.
    public init(field: String?, offset: Int = 0, reason: String, errno: Errno) {
        self.field = field
        self.offset = offset
        self.reason = reason
        self.errno = errno
    }
}
