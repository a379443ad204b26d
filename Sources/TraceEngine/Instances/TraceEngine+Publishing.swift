internal import Bytes
internal import CLinuxShims
public import SystemPackage

extension TraceEngine {
    /// Writes one event's record into every instance where the event is enabled and tracing is on.
    ///
    /// - Parameters:
    ///   - event: whose record it is.
    ///   - payload: the whole record as its format lays it out, 8…4072 bytes; its first eight are filled here.
    ///   - task: who caused it.
    ///   - lane: the CPU lane, taken modulo their number.
    ///   - timestamp: ns of the instances' clocks; nil is now, by each instance's clock.
    ///   - source: who writes it.
    /// - Returns: in how many instances it was recorded. Enabled nowhere: one relaxed load.
    /// - Throws: `EINVAL` for a payload of another size, `ENODEV` where the event was removed.
    @discardableResult
    public func publish(
        _ event: TraceEvent, payload: Span<UInt8>, task: TraceTask, lane: Int, timestamp: UInt64? = nil,
        source: TraceSource = .local
    ) throws(Errno) -> Int {
        guard payload.count >= 8, payload.count <= SubBuffer.payloadMax else { throw .invalidArgument }
        guard event.isWanted else {
            if event.isDead { throw .operationNotSupportedByDevice }
            return 0
        }
        context.tasks.save(task)
        return context.publish(
            event.id, payload: payload, pid: task.pid, lane: lane % lanes, timestamp: timestamp, source: source)
    }

    /// The lane of the CPU that the caller runs on: 0 ..< ``lanes``; some ns.
    public var currentLane: Int { context.currentLane }
}

extension EngineContext {
    @inline(__always)
    var currentLane: Int {
        let cpu = Int(sched_getcpu())
        return cpu < lanes ? max(cpu, 0) : cpu % lanes
    }

    /// The common part of all ways to publish; `payload` and `lane` are checked.
    @inline(__always)
    func publish(
        _ event: UInt16, payload: Span<UInt8>, pid: Int32, lane: Int, timestamp: UInt64?, source: TraceSource
    ) -> Int {
        active.targets(lane: lane).write(
            LaneTargets.Record(event: event, pid: pid, timestamp: timestamp, source: source, payload: payload))
    }

    /// Writes a run of records; they and `lane` are checked.
    func publish(_ records: Span<RunRecord>, of bytes: Span<UInt8>, lane: Int) {
        active.targets(lane: lane).write(records, of: bytes)
    }
}
