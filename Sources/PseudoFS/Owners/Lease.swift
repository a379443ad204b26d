internal import Synchronization

/// An owner that a registry knows, for as long as it is renewed: what a file of `/sys/fs/jitfs/owners` stands for.
///
/// It is the registry's: made, renewed and released through ``Owners``.
public final class Lease: Subject, NodeContext, @unchecked Sendable {
    // Sendable: what is mutable here is read and written under the registry's lock only.

    /// Who has the entries.
    public let owner: Owner
    /// What tells it from every other that there ever was, of the same name too.
    public let identity: UInt64
    /// How long it lasts from its making, or from its last renewal; nil for as long as nobody releases it.
    var seconds: UInt64?
    /// When it runs out, by the registry's clock; the largest number is never.
    var end: UInt64 = .max
    /// Where it stands in the registry's heap; -1 for nowhere.
    var place = -1

    init(_ owner: Owner, identity: UInt64, seconds: UInt64?) {
        self.owner = owner
        self.identity = identity
        self.seconds = seconds
    }

    /// Whether it was released, or ran out.
    public var isDead: Bool { owner.isReleased }

    /// What is known of a lease at one moment.
    public struct Status: Sendable, Equatable {
        /// How long it lasts from a renewal; nil for a lease without end.
        public let seconds: UInt64?
        /// How long it lasts yet, rounded up; nil for a lease without end.
        public let remainingSeconds: UInt64?
        /// How many entries its owner has.
        public let entryCount: Int

        /// Says so.
        public init(seconds: UInt64?, remainingSeconds: UInt64?, entryCount: Int) {
            self.seconds = seconds
            self.remainingSeconds = remainingSeconds
            self.entryCount = entryCount
        }
    }
}
