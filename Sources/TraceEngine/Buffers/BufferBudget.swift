internal import Synchronization
internal import SystemPackage

/// How much memory all ring buffers together may map.
///
/// Counted in mapped bytes, touched or not: what a burst of events could take. Any thread.
final class BufferBudget: Sendable {
    private let limit: Atomic<Int>
    private let mapped = Atomic<Int>(0)
    private let refused = Atomic<UInt64>(0)

    /// A budget with nothing taken.
    init(limitBytes: Int) { limit = Atomic(limitBytes) }

    /// The limit, bytes. Below what is taken it gives nothing more until enough has come back.
    var limitBytes: Int {
        get { limit.load(ordering: .relaxed) }
        set { limit.store(newValue, ordering: .relaxed) }
    }

    /// What is taken, bytes.
    var mappedBytes: Int { mapped.load(ordering: .relaxed) }

    /// How often bytes were asked for that there was no room for.
    var refusedCount: UInt64 { refused.load(ordering: .relaxed) }

    /// Takes bytes.
    ///
    /// - Throws: `ENOMEM` where they exceed the limit; nothing is taken then.
    func take(_ bytes: Int) throws(Errno) {
        let (sum, overflow) = mapped.load(ordering: .relaxed).addingReportingOverflow(bytes)
        guard !overflow, sum <= limitBytes else { throw refusal() }
        // Another thread may have taken in between: the sum that comes back decides.
        guard mapped.wrappingAdd(bytes, ordering: .relaxed).newValue <= limitBytes else {
            give(back: bytes)
            throw refusal()
        }
    }

    /// Counts what is refused because of the limit.
    ///
    /// - Returns: the error that says so.
    func refusal() -> Errno {
        refused.wrappingAdd(1, ordering: .relaxed)
        return .noMemory
    }

    /// Gives bytes back.
    func give(back bytes: Int) {
        let left = mapped.wrappingSubtract(bytes, ordering: .relaxed).newValue
        assert(left >= 0, "more given back than taken")
    }
}
