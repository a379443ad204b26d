/// What is to be tried: every allocator with every policy, each with memory and a disk of its own.
public struct ReplayPlan: Sendable, Equatable {
    /// The allocators that there are models of.
    public enum Allocator: String, Sendable, CaseIterable {
        /// Dense class stacks, as `PagePool` has them.
        case stacks
        /// compcache's of 2009.
        case xvmalloc
        /// zram's.
        case zsmalloc
    }

    /// What goes to the backing store, and when.
    public enum Policy: String, Sendable, CaseIterable {
        /// Where memory is short, a hand goes over the pages, in the order in which they first came, and makes each older by a
        /// step; the first that had reached the fourth goes. A put or a get makes a page young.
        case clock
        /// Where memory is short, the page goes that was longest neither put nor got.
        case lru
        /// Where memory is short, the page goes that was longest not put.
        case fifo
        /// Pages that compress to more than half of their bytes go out at once, as in the article on compcache; where memory is
        /// short, so does every new one, and what is in memory stays: a table that grows may exceed the limit then.
        case half
    }

    /// The allocators to try.
    public var allocators: [Allocator]
    /// The policies to try with each.
    public var policies: [Policy]
    /// Bytes that may be held, tables and write buffers included; nil for as many as it takes.
    public var memLimitBytes: UInt64?

    /// Describes a plan.
    public init(
        allocators: [Allocator] = [.stacks], policies: [Policy] = [.clock], memLimitBytes: UInt64? = nil
    ) {
        self.allocators = allocators
        self.policies = policies
        self.memLimitBytes = memLimitBytes
    }
}
