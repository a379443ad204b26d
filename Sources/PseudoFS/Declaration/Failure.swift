public import SystemPackage

/// Why an operation on a node did not happen: an errno, and in words what was wrong.
///
/// Nothing has changed when one is thrown, except where `written` says how much was taken before.
public struct Failure: Error, Sendable {
    /// What the errno speaks of.
    public enum Subject: Sendable {
        /// The path, the permission, the limits: what a file descriptor would report.
        case node
        /// What a body says: a filter's unknown field, a name in a list.
        case content
        /// The state that the caller required is not the present one; nothing was written.
        case precondition
    }

    /// Which error, by its Linux name.
    public let errno: Errno
    /// What the errno speaks of.
    public let subject: Subject
    /// What was wrong, for people; no newline.
    public let reason: String
    /// The line of the body that was refused, the first being 1, where lines are taken one by one.
    public let line: Int?
    /// How many lines, or records, were taken before it.
    public let written: Int?
    /// The record of the body that was refused, the first being 1, where records are taken one by one.
    public let record: Int?
    /// Bytes from the start of the body, where that was told.
    public let offset: Int?

    /// Makes a failure.
    ///
    /// - Parameters:
    ///   - errno: which error.
    ///   - reason: in words; empty takes the errno's own description.
    ///   - subject: what the errno speaks of.
    ///   - line: the refused line of a body.
    ///   - written: lines, or records, taken before it.
    ///   - record: the refused record of a body.
    ///   - offset: where in the body it went wrong.
    public init(
        _ errno: Errno, _ reason: String = "", subject: Subject = .node, line: Int? = nil, written: Int? = nil,
        record: Int? = nil, offset: Int? = nil
    ) {
        self.errno = errno
        self.subject = subject
        self.reason = reason.isEmpty ? errno.description : reason
        self.line = line
        self.written = written
        self.record = record
        self.offset = offset
    }
}
