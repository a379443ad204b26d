/// A record that came from outside, as a part of a page with others.
public struct OutsideRecord: Sendable, Equatable {
    /// Our id of its event.
    public var event: UInt16
    /// `common_flags` in the low byte, `common_preempt_count` in the high one.
    public var flags: UInt16
    /// Who caused it.
    public var pid: Int32
    /// When, ns of CLOCK_MONOTONIC.
    public var timestamp: UInt64
    /// Where its bytes stand in the page, from `common_type` on: 8 to 4072.
    public var bytes: Range<Int>

    /// Describes a record.
    public init(event: UInt16, flags: UInt16, pid: Int32, timestamp: UInt64, bytes: Range<Int>) {
        self.event = event
        self.flags = flags
        self.pid = pid
        self.timestamp = timestamp
        self.bytes = bytes
    }
}

/// The readers that are to be woken for what was written, once no lock is held any more.
public struct ReadersToWake: Sendable {
    private var signals: [WaitingReaders] = []

    /// Nobody.
    public init() {}

    mutating func append(_ signal: WaitingReaders) {
        if !signals.contains(where: { $0 === signal }) { signals.append(signal) }
    }

    /// Wakes them.
    public mutating func wake() {
        for signal in signals { signal.fire() }
        signals.removeAll(keepingCapacity: true)
    }
}
