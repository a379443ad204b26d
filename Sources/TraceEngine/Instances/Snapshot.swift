internal import Synchronization
internal import SystemPackage

/// The spare ring buffers of an instance, with which its own are exchanged: what `snapshot` shows.
///
/// One beside each of the instance's, unmapped until it is allocated, and counted in the same budget. Taking a snapshot
/// takes the ring buffers' locks alone, each the instance's first, so that a trigger may do it under a lane's lock.
/// Lanes are exchanged one after the other: a record that is written meanwhile is in one of the two, never in both.
final class Snapshot: Sendable {
    /// The instance's own, in the order of ``InstanceParts/rings``.
    private let rings: [RingBuffer]
    /// The spare ones, in the same order.
    let spares: [RingBuffer]
    private let allocated = Atomic<Bool>(false)
    private let tracing: TracingSwitch

    init(of rings: [RingBuffer], overwrites: Bool, tracing: TracingSwitch, budget: BufferBudget) {
        self.rings = rings
        self.tracing = tracing
        spares = rings.map { RingBuffer(pageCount: $0.pageCount, overwrites: overwrites, budget: budget) }
    }

    /// Those of a lane, or all.
    func spares(lane: Int?) -> ArraySlice<RingBuffer> {
        lane.map { spares[(2 * $0)..<(2 * $0 + 2)] } ?? spares[...]
    }

    /// Whether there is memory for it.
    var isAllocated: Bool { allocated.load(ordering: .acquiring) }

    /// Makes the spare buffers as large as the instance's, and allocates them. Under the instance's lock.
    ///
    /// - Throws: `ENOMEM` where budget or system have none, `ENODEV` where the instance is gone. What had no memory
    ///   before has none then.
    func allocate() throws(Errno) {
        do throws(Errno) {
            for index in rings.indices { try spares[index].match(rings[index]) }
        } catch {
            if !isAllocated { for spare in spares { spare.unmap() } }
            throw error
        }
        allocated.store(true, ordering: .releasing)
    }

    /// Gives the memory back, with what is in it. Under the instance's lock.
    func free() {
        allocated.store(false, ordering: .releasing)
        for spare in spares { spare.unmap() }
    }

    /// Exchanges the buffers of some lanes, or of all; does nothing without memory.
    func take(_ places: Range<Int>? = nil) {
        guard isAllocated else { return }
        for index in places ?? 0..<rings.count { rings[index].exchange(with: spares[index]) }
    }

    /// What the trigger `snapshot` does: without memory it turns tracing off, as in the kernel.
    func takeOrStop() {
        if isAllocated { take() } else { tracing.isOn = false }
    }

    /// Takes the memory away for good.
    func close() {
        allocated.store(false, ordering: .releasing)
        for spare in spares { spare.close() }
    }
}
