/// How much a caller may do. Each level includes those before it.
public enum Authority: Int, Sendable, Comparable, CaseIterable {
    /// Nothing but what everybody may see.
    case none
    /// Look, without changing or consuming anything.
    case read
    /// Also write, create, remove, consume.
    case write
    /// Also what concerns others: limits, owners, connections.
    case admin

    /// Less authority first.
    public static func < (left: Authority, right: Authority) -> Bool { left.rawValue < right.rawValue }
}
