internal import SystemPackage

/// What an instance has once somebody touched it: an untouched one is a name and some bits.
///
/// Belongs to one instance.
final class InstanceParts: @unchecked Sendable {
    // Sendable: what is mutable here is read and written under the instance's lock only.

    /// Ring buffers: a lane's for local records at `2 * lane`, for the kernel's at `2 * lane + 1`.
    let rings: [RingBuffer]
    /// Where the instance stands among the active.
    let place = ActiveInstances.Place()
    /// The clock of its records.
    var clock: TraceClock
    /// Made when the first event is enabled.
    var gate: RecordingGate?
    /// Which events were enabled since the buffers were last cleared as a whole: their records may be in them.
    var recorded: EventMask?
    /// What the files `filter` hold, by event id.
    var filters: [UInt16: EventFilter] = [:]
    /// Triggers by the id of their event, the newest first.
    var triggers: [UInt16: [Trigger]] = [:]
    /// The events whose tracepoints triggers keep on.
    var holds: [UInt16: EventHold] = [:]
    /// Whose records are taken.
    var listened = TaskFilter()
    /// What of these four writers see.
    var rules: EventRules?
    /// What was refused lately.
    var errors = ErrorLog()
    /// The lanes that take records.
    var traced: LaneMask
    /// How many readers have recording pause.
    var pauses = 0
    /// Where snapshots go; made with the first.
    var snapshot: Snapshot?
    /// The clock when the buffers were last cleared as a whole, ns: what the latency format counts from.
    var startTime: UInt64 = 0
    /// How many events are enabled.
    var enabledCount = 0
    /// Whether the local ring buffers have memory.
    var isMapped = false
    /// The reader of all lanes.
    var pipe: ReaderSignal?
    /// The readers of single lanes.
    var lanePipes: [Int: ReaderSignal] = [:]
    /// The readers of sub-buffers, and those that look whether there is something to read.
    var readers: [ReaderSignal] = []

    init(context: EngineContext, overwrites: Bool) throws(Errno) {
        let pages = try RingBuffer.pageCount(kilobytes: context.limits.bufferKilobytes)
        clock = context.clock
        traced = LaneMask(all: context.lanes)
        rings = (0..<(context.lanes * 2)).map { _ in
            RingBuffer(pageCount: pages, overwrites: overwrites, budget: context.budget)
        }
    }

    /// The buffer of a lane and a source.
    func ring(lane: Int, source: TraceSource = .local) -> RingBuffer {
        rings[2 * lane + (source == .kernel ? 1 : 0)]
    }

    /// Both buffers of a lane, or those of all.
    func rings(lane: Int?) -> ArraySlice<RingBuffer> {
        lane.map { rings[(2 * $0)..<(2 * $0 + 2)] } ?? rings[...]
    }

    /// Maps the buffers for the kernel's records of all lanes, or none.
    func mapKernel() throws(Errno) {
        let mapped = try map(.kernel)
        guard !mapped.isEmpty, let snapshot, snapshot.isAllocated else { return }
        do throws(Errno) { try snapshot.allocate() } catch {
            for ring in mapped { ring.unmapUntouched() }
            throw error
        }
    }

    /// Maps the local buffers of all lanes, or none.
    func mapAll() throws(Errno) {
        guard !isMapped else { return }
        _ = try map(.local)
        isMapped = true
    }

    /// Maps the buffers of a source that are not mapped, or none.
    ///
    /// - Returns: those that it mapped.
    private func map(_ source: TraceSource) throws(Errno) -> [RingBuffer] {
        var mapped: [RingBuffer] = []
        for lane in 0..<(rings.count / 2) {
            let ring = ring(lane: lane, source: source)
            if ring.isMapped { continue }
            do throws(Errno) {
                try ring.map()
                mapped.append(ring)
            } catch {
                for ring in mapped { ring.unmapUntouched() }
                throw error
            }
        }
        return mapped
    }
}
