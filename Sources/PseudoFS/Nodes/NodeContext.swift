/// What a node stands for, or a part of it: an object of the model, such as a tracing instance or an event.
///
/// The model owns the truth; a node may vanish and be made again at any time, and never holds state that only it knows.
public protocol Subject: AnyObject, Sendable {
    /// Whether it has been removed. Asked in one place, before every operation: an atomic load.
    var isDead: Bool { get }
    /// What tells it from every other that there ever was in its file system: inode numbers derive from it.
    var identity: UInt64 { get }
}

/// What a table is bound to when a node is made: a subject, a second one where it takes two to say what is meant (an
/// instance and an event), and a number (a CPU).
///
/// It has no type parameter, so that a node is made without the generic machinery of the run time, which measured 400
/// to 600 ns a node (2026-11) where a walk of seven names has 900 in all. ``NodeContext`` gives the types back.
public struct Binding: Sendable {
    /// Whose state it is: writes below the same subject are serialised.
    public let subject: any Subject
    // The subject again where no part is meant: copying an optional of it would go through the run time's generic
    // machinery (100 instructions where a retain has 20), and a node's making copies several bindings.
    @usableFromInline let second: any Subject
    /// Which of several, where they are numbered.
    public let number: Int

    /// Binds to a subject.
    @inlinable @inline(__always)
    public init(_ subject: any Subject, number: Int = 0) {
        self.init(subject, part: subject, number: number)
    }

    /// Binds to a part of a subject.
    @inlinable @inline(__always)
    public init(_ subject: any Subject, part: any Subject, number: Int = 0) {
        self.subject = subject
        second = part
        self.number = number
    }

    /// Which part of it is meant.
    public var part: (any Subject)? { second === subject ? nil : second }

    /// Whether one of the two has been removed.
    var isDead: Bool { subject.isDead || second !== subject && second.isDead }

    /// What tells it from everything else.
    var identity: UInt64 {
        let whole = subject.identity &+ UInt64(truncatingIfNeeded: number) &* 0x9E37_79B9_7F4A_7C15
        return second === subject ? whole : whole &* 0xD6E8_FEB8_6659_FD93 ^ second.identity
    }
}

/// A binding that several nodes refer to: a node then counts one reference, not one for each object that is meant.
@usableFromInline
final class SharedBinding: Sendable {
    @usableFromInline let binding: Binding

    init(_ binding: consuming Binding) { self.binding = binding }

    /// Whether one of its two has been removed.
    // Not inlined: from outside both subjects would be retained while they are asked, which is 30 ns a cached walk.
    @inline(never)
    var isDead: Bool { binding.isDead }
}

/// The typed face of a ``Binding``: what the closures of a ``DirectoryTable`` or a ``File`` are called with.
///
/// A subject is its own context; where it takes two objects to say what is meant, the context is a small struct of them.
public protocol NodeContext: Sendable {
    /// Reads a binding that ``binding`` wrote.
    static func of(_ binding: Binding) -> Self
    /// What nodes store.
    var binding: Binding { get }
}

extension NodeContext where Self: Subject {
    /// The subject itself. A binding to another class is a table bound to another's context, and traps.
    @inlinable
    public static func of(_ binding: Binding) -> Self { binding.subject(as: Self.self) }

    /// Binds to the subject alone.
    @inlinable
    public var binding: Binding { Binding(self) }
}

extension Binding {
    /// The subject, which is known to be of that class: anything else is our own mistake, and traps.
    @inlinable @inline(__always)
    public func subject<Model: Subject>(as model: Model.Type) -> Model {
        guard let subject = subject as? Model else { preconditionFailure("a table is bound to another's context") }
        return subject
    }

    /// The part, which is known to be there and of that class; anything else traps.
    @inlinable @inline(__always)
    public func part<Model: Subject>(as model: Model.Type) -> Model {
        guard let part = second as? Model else { preconditionFailure("a table is bound to another's context") }
        return part
    }
}

/// What is always there: the context of constants, such as the root.
public final class Always: Subject, NodeContext {
    /// Never.
    public var isDead: Bool { false }
    /// What it was made with.
    public let identity: UInt64

    /// Makes one; another number for another thing.
    public init(identity: UInt64) { self.identity = identity }
}
