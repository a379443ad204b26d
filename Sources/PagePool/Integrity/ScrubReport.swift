/// How far a scrub is, or what the last one came to.
public struct ScrubReport: Sendable, Equatable {
    /// What it is doing.
    public enum State: String, Sendable {
        /// There was none since the pool was made.
        case never
        /// Pages are being looked at.
        case running
        /// It was stopped before its end.
        case stopped
        /// Every page was looked at.
        case done
    }

    /// What it is doing.
    public var state = State.never
    /// Pages looked at.
    public var pagesChecked: UInt64 = 0
    /// Pages that were stored when it began.
    public var pagesTotal: UInt64 = 0
    /// Pages of them that cannot be given back.
    public var pagesDamaged: UInt64 = 0
    /// The numbers of the first of these, ``listedMax`` at most.
    public var damaged: [UInt64] = []
    /// When it began, in seconds since 1970; 0 for never.
    public var beganAt: Int64 = 0
    /// When it ended, in seconds since 1970; 0 where it did not.
    public var endedAt: Int64 = 0
    /// Passes that came to their end since the pool was made.
    public var passes: UInt64 = 0
    /// Pages looked at by all passes.
    public var pagesCheckedEver: UInt64 = 0

    /// How many damaged pages are told by their numbers.
    public static let listedMax = 16

    /// Nothing was ever looked at.
    public init() {}
}
