public import SystemPackage

/// Why a line or a record of what a program posted was not taken; those before it were.
public struct PostRefusal: Error, Sendable {
    /// EINVAL for what is no event or no record of one; ENOENT for an unknown event or field; ERANGE and E2BIG for a
    /// field that does not fit.
    public let errno: Errno
    /// In words.
    public let reason: String
    /// Which line or record, the first being 1; 0 where it is what stands before the first record.
    public internal(set) var number = 0
    /// How many were taken before.
    public internal(set) var written = 0
    /// Bytes from the start of the body, in a packed one.
    public internal(set) var offset: Int?

    init(_ errno: Errno, _ reason: String, offset: Int? = nil) {
        self.errno = errno
        self.reason = reason
        self.offset = offset
    }

    init(_ error: RecordError) {
        self.init(error.errno, (error.field.map { "field \($0): " } ?? "") + error.reason)
    }
}
