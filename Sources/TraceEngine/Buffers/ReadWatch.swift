internal import Locking
internal import Synchronization

/// Looks whether it is worth reading, and consumes nothing: what `poll` on `trace_pipe` and `trace_pipe_raw` asks.
///
/// All lanes are worth it with the first record; one lane is once `buffer_percent` of its pages are filled, with 0 once
/// there is a record, as in the kernel. Any thread; closed when it goes.
public final class ReadWatch: Sendable {
    private let instance: TraceInstance
    private let rings: [RingBuffer]
    private let isWhole: Bool
    private let signal: ReaderSignal
    private let closed = Atomic<Bool>(false)

    init(instance: TraceInstance, rings: [RingBuffer], isWhole: Bool, signal: ReaderSignal) {
        self.instance = instance
        self.rings = rings
        self.isWhole = isWhole
        self.signal = signal
        for ring in rings { ring.waiting.add(signal) }
    }

    deinit { close() }

    /// Whether the instance is gone.
    public var isEnded: Bool { signal.isEnded || closed.load(ordering: .relaxed) }

    /// Whether there is something worth reading.
    public var isReadable: Bool {
        let percentage = isWhole ? 0 : instance.bufferPercent
        return rings.contains { $0.isFilled(percentage) }
    }

    /// Begins to wait for ``isReadable`` to become another.
    ///
    /// - Parameter action: called once, under no lock, when records came or the instance was removed. It may find that
    ///   nothing has changed: then it waits again.
    public func wait(_ action: @escaping @Sendable () -> Void) {
        signal.set(action)
        signal.arm()
        for ring in rings { ring.waiting.arm() }
        if signal.isEnded { signal.fire() }
    }

    /// Stops.
    public func close() {
        guard !closed.exchange(true, ordering: .relaxed) else { return }
        _ = signal.disarm()
        signal.set(nil)
        for ring in rings { ring.waiting.remove(signal) }
        instance.forget(signal)
    }
}

extension RingBuffer {
    /// Whether so much of it can be read: a record for 0, else so many of a hundred of its pages. `full_hit` of
    /// kernel/trace/ring_buffer.c.
    func isFilled(_ percentage: Int) -> Bool {
        state.withLock { state in
            guard state.isMapped, state.entries > 0 else { return false }
            if percentage == 0 { return true }
            // The page being written counts only once all are wanted and it is the last that is left.
            let dirty = state.writesReaderPage ? 0 : state.used - 1
            return (dirty + 1) * 100 >= percentage * state.pageCount
        }
    }
}
