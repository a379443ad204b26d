/// What can be done to a node, in a shell's terms; the front translates them into its own.
public struct Verbs: OptionSet, Sendable, Hashable {
    /// One bit a verb.
    public let rawValue: UInt8

    /// Makes a set from its bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// `cat f`, `ls d`
    public static let read = Verbs(rawValue: 1)
    /// `echo v > f`: open with truncation, one write, close.
    public static let write = Verbs(rawValue: 2)
    /// `echo v >> f`
    public static let append = Verbs(rawValue: 4)
    /// `mkdir d/x`, and whatever else makes an entry in a directory.
    public static let create = Verbs(rawValue: 8)
    /// `rm f`, `rmdir d`
    public static let remove = Verbs(rawValue: 16)
    /// `mv a b`, which may only move it about in its own mount.
    public static let rename = Verbs(rawValue: 32)

    /// Those that change something.
    public static let changes: Verbs = [.write, .append, .create, .remove, .rename]
}
