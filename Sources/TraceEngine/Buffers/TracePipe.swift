public import Bytes
internal import Synchronization

/// The consuming reader of an instance, or of one lane: `trace_pipe`.
///
/// ```swift
/// let pipe = try instance.openPipe()
/// pipe.onReadable = { stream.resume() }
/// var payload = ByteBuffer()
/// while case .record(let header) = pipe.step(into: &payload) { … }
/// if !pipe.wait() { /* something came meanwhile: go on */ }
/// ```
///
/// What it returned has left the buffer. Records of several lanes come in the order of their times. Any thread, one at
/// a time; the pipe is closed when it goes.
public final class TracePipe: Sendable {
    private let instance: TraceInstance
    private let lane: Int?
    private let rings: [RingBuffer]
    private let signal: ReaderSignal
    private let closed = Atomic<Bool>(false)

    init(instance: TraceInstance, lane: Int?, rings: [RingBuffer], signal: ReaderSignal) {
        self.instance = instance
        self.lane = lane
        self.rings = rings
        self.signal = signal
    }

    deinit { close() }

    /// Consumes the next record, or tells of a loss before it.
    ///
    /// Costs one lock a lane and source, and two for the record: 400 ns with two lanes (2026-11, on a
    /// busy machine).
    ///
    /// - Parameter payload: takes the record's bytes, padded with zeroes to four, instead of what it held.
    /// - Returns: a record, a loss, or why there is neither.
    public func step(into payload: inout ByteBuffer) -> TraceStep {
        if signal.isEnded || closed.load(ordering: .relaxed) { return .ended }
        var earliest: UInt64 = 0
        var chosen = -1
        for index in rings.indices {
            guard let pending = rings[index].pending() else { continue }
            if chosen < 0 || pending.timestamp < earliest {
                earliest = pending.timestamp
                chosen = index
            }
        }
        guard chosen >= 0 else { return signal.isEnded ? .ended : .empty }
        let cpu = (lane ?? 0) + chosen / 2
        let lost = rings[chosen].takeLost()
        if lost > 0 { return .lost(cpu: cpu, count: lost) }
        guard let timestamp = rings[chosen].consume(into: &payload) else { return .empty }
        return .record(
            TraceRecordHeader(timestamp: timestamp, cpu: cpu, source: chosen % 2 == 0 ? .local : .kernel))
    }

    /// What to call when ``wait()`` has returned true and there is something to read, or the instance is removed.
    ///
    /// Called once for each such ``wait()``, by the thread that wrote the record, under no lock; it should only pass
    /// the word on. It must not hold the pipe strongly, or the pipe is never closed.
    public func onReadable(_ action: (@Sendable () -> Void)?) { signal.set(action) }

    /// Begins to wait.
    ///
    /// - Returns: true where nothing can be read: the closure will be called. False where something can, or the pipe
    ///   has ended: it will not.
    public func wait() -> Bool {
        signal.arm()
        for ring in rings { ring.waiting.arm() }
        let isReady = signal.isEnded || rings.contains(where: \.hasPending)
        return isReady ? !signal.disarm() : true
    }

    /// Stops waiting.
    ///
    /// - Returns: false where the closure was called already, or is about to be.
    @discardableResult
    public func cancelWait() -> Bool { signal.disarm() }

    /// Closes it, so that another can be opened; ``step(into:)`` says `ended` from then on.
    public func close() {
        guard !closed.exchange(true, ordering: .relaxed) else { return }
        _ = signal.disarm()
        signal.set(nil)
        for ring in rings { ring.waiting.remove(signal) }
        instance.closePipe(lane: lane)
    }
}
