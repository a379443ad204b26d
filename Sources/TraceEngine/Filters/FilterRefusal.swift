public import SystemPackage

/// Why a filter, a trigger or a synthetic event was not taken.
public struct FilterRefusal: Error, Sendable, Equatable {
    /// The kernel's errno.
    public let errno: Errno
    /// In words.
    public let reason: String

    init(_ errno: Errno, _ reason: String) {
        self.errno = errno
        self.reason = reason
    }

    init(_ errno: Errno) { self.init(errno, errno.description) }

    init(_ error: FilterError) {
        let reason = error.kind == .unnamed ? "this is no filter" : error.kind.rawValue
        self.init(error.errno, "at byte \(error.position): \(reason)")
    }
}
