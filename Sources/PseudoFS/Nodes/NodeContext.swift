/// What a node stands for: the model's own object, or a value that names it (an instance and an event).
///
/// The model owns the truth; a node may vanish and be made again at any time, and never holds state that only it
/// knows. A context is small, is copied freely, and answers three questions.
public protocol NodeContext: Sendable {
    /// Whether what it stands for has been removed. Asked in one place, before every operation: an atomic load.
    var isDead: Bool { get }
    /// What tells it from everything else that ever was, within its file system: inode numbers derive from it.
    var identity: UInt64 { get }
    /// Whose state a write would change: writes with the same key are serialised, so that a precondition holds
    /// until the write is done.
    var owner: UInt64 { get }
}

/// The context of what is always there: one directory of constants, the root.
public struct Always: NodeContext {
    /// Never.
    public var isDead: Bool { false }
    /// What it was made with.
    public let identity: UInt64
    /// The identity.
    public var owner: UInt64 { identity }

    /// Makes one.
    ///
    /// - Parameter identity: another number for another file system.
    public init(identity: UInt64 = 1) { self.identity = identity }
}
