public import Bytes
internal import Locking
internal import Synchronization

/// A consuming reader of one lane that gives the kernel's sub-buffers: `trace_pipe_raw`, `snapshot_raw`.
///
/// ```swift
/// let pipe = try instance.openSubBufferPipe(lane: 0)
/// var out = ByteBuffer()
/// while case .page = pipe.step(into: &out) { … }
/// if !pipe.wait() { /* something came meanwhile: go on */ }
/// ```
///
/// Any number of them may be open, beside a ``TracePipe`` too: what one has given no other gives. A page holds what there
/// is, up to its size, and says what was lost before it. Both sources are merged by time; some 60 ns a record. One thread
/// at a time; closed when it goes.
public final class SubBufferPipe: @unchecked Sendable {
    // Sendable: the encoder is used by the one thread that reads; the rest is constant or for any thread.

    /// What a step came to.
    public enum Step: Sendable, Equatable {
        /// A whole sub-buffer was appended.
        case page
        /// Nothing more at present.
        case empty
        /// Nothing more for ever: the instance was removed, or the pipe closed.
        case ended
    }

    private let instance: TraceInstance
    private let rings: [RingBuffer]
    private let signal: ReaderSignal
    private let closed = Atomic<Bool>(false)
    private var encoder: SubBufferEncoder

    init(instance: TraceInstance, rings: [RingBuffer], signal: ReaderSignal) {
        self.instance = instance
        self.rings = rings
        self.signal = signal
        encoder = SubBufferEncoder(size: SubBuffer.defaultSize)
        for ring in rings { ring.waiting.add(signal) }
    }

    deinit { close() }

    /// Consumes the records of one sub-buffer.
    ///
    /// - Parameter out: takes the page, `buffer_subbuf_size_kb` times 1024 bytes.
    /// - Returns: whether there was one.
    public func step(into out: inout ByteBuffer) -> Step {
        if signal.isEnded || closed.load(ordering: .relaxed) { return .ended }
        let size = rings.map(\.pageSize).max() ?? SubBuffer.defaultSize
        if size != encoder.size { encoder = SubBufferEncoder(size: size) }
        while let (ring, end) = earliest(), ring.consume(into: encoder, until: end) {}
        if encoder.isEmpty { return signal.isEnded ? .ended : .empty }
        encoder.take(into: &out)
        return .page
    }

    /// The buffer whose record comes next, and the time up to which it may go on.
    private func earliest() -> (RingBuffer, UInt64)? {
        var chosen: (ring: RingBuffer, time: UInt64)?
        var end = UInt64.max
        for ring in rings {
            guard let time = ring.pending()?.timestamp else { continue }
            if let other = chosen {
                end = max(time, other.time)
                if time < other.time { chosen = (ring, time) }
            } else {
                chosen = (ring, time)
            }
        }
        return chosen.map { ($0.ring, end) }
    }

    /// What to call when ``wait()`` has returned true and there is something to read, or the instance is removed. As
    /// ``TracePipe/onReadable(_:)``.
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

    /// Closes it; ``step(into:)`` says `ended` from then on.
    public func close() {
        guard !closed.exchange(true, ordering: .relaxed) else { return }
        _ = signal.disarm()
        signal.set(nil)
        for ring in rings { ring.waiting.remove(signal) }
        instance.forget(signal)
    }
}

extension RingBuffer {
    /// Consumes records onto a page.
    ///
    /// - Parameters:
    ///   - encoder: the page.
    ///   - end: records after this time stay.
    /// - Returns: false where the page is full, or what comes next belongs onto another.
    func consume(into encoder: SubBufferEncoder, until end: UInt64) -> Bool {
        state.withLock { state in
            while let (range, position) = state.nextRecord() {
                if position.timestamp > end { return true }
                if state.lost > 0 {
                    guard encoder.isEmpty else { return false }
                    encoder.markLost(state.lost)
                    state.lost = 0
                }
                guard state.reader.withPayload(range, { encoder.append($0, at: position.timestamp) }) else {
                    return false
                }
                state.moveReader(to: position)
                state.consumed += 1
            }
            return true
        }
    }
}
