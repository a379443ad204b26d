internal import Bytes
internal import Synchronization

/// What an event sets off in its instance: a line of its file `trigger`.
///
/// Immutable but for its count. Any thread; pulled under a lane's lock, and takes none but those of ring buffers.
final class Trigger: Sendable {
    /// What it does.
    enum Action: Sendable {
        case traceOn, traceOff
        /// Records a stack behind the record; it holds no callers, for who writes a record here has no kernel stack.
        case stackTrace
        /// Takes a snapshot of the instance's buffers.
        case snapshot(Snapshot)
        /// Turns the switch of an event of the same instance.
        case setEvent(TraceEvent, EventSwitch, enables: Bool)
    }

    let action: Action
    /// What a record must pass to pull it; nil is any.
    let condition: Filter?
    /// The condition as it was written behind `if `.
    private let conditionText: [UInt8]?
    /// How often it works yet; the largest number is without end.
    private let count: Atomic<UInt64>

    /// The count that never ends.
    static let unlimited = UInt64.max

    init(_ action: Action, count: UInt64, condition: Filter?, conditionText: [UInt8]?) {
        self.action = action
        self.condition = condition
        self.conditionText = conditionText
        self.count = Atomic(count)
    }

    /// Whether it is pulled once the record is written, so that what stops tracing is the last in the trace.
    var isPulledLater: Bool {
        switch action {
        case .traceOff, .stackTrace: true
        case .traceOn, .snapshot, .setEvent: false
        }
    }

    /// Whether an event cannot have both: `traceon` and `traceoff` are of one kind, and so are enabling and disabling
    /// the same event.
    func excludes(_ other: Trigger) -> Bool {
        switch (action, other.action) {
        case (.traceOn, .traceOn), (.traceOn, .traceOff), (.traceOff, .traceOn), (.traceOff, .traceOff),
            (.stackTrace, .stackTrace), (.snapshot, .snapshot):
            true
        case (.setEvent(let left, _, _), .setEvent(let right, _, _)): left === right
        default: false
        }
    }

    /// Does what it is for; what is so already is not done, nor counted.
    ///
    /// - Returns: whether a stack is to be recorded, which is left to the caller.
    @discardableResult
    func pull(_ tracing: TracingSwitch) -> Bool {
        switch action {
        case .traceOn: if !tracing.isOn, take() { tracing.isOn = true }
        case .traceOff: if tracing.isOn, take() { tracing.isOn = false }
        case .stackTrace: return take()
        case .snapshot(let snapshot): if take() { snapshot.takeOrStop() }
        case .setEvent(_, let target, let enables):
            if target.isDisabled == enables, take() { target.isDisabled = !enables }
        }
        return false
    }

    /// Counts one time less.
    ///
    /// - Returns: false where none was left.
    private func take() -> Bool {
        var seen = count.load(ordering: .relaxed)
        while seen != 0 {
            if seen == Self.unlimited { return true }
            let (done, now) = count.weakCompareExchange(expected: seen, desired: seen - 1, ordering: .relaxed)
            if done { return true }
            seen = now
        }
        return false
    }

    /// Appends its line: `traceoff:count=3 if a > 3`.
    func append(to out: inout ByteBuffer) {
        switch action {
        case .traceOn: out.append("traceon")
        case .traceOff: out.append("traceoff")
        case .stackTrace: out.append("stacktrace")
        case .snapshot: out.append("snapshot")
        case .setEvent(let event, _, let enables):
            out.append(enables ? "enable_event:" : "disable_event:")
            out.append(event.system)
            out.append(0x3A)
            out.append(event.name)
        }
        let left = count.load(ordering: .relaxed)
        if left == Self.unlimited {
            out.append(":unlimited")
        } else {
            out.append(":count=")
            // The kernel prints the number with a sign.
            out.append(decimal: Int64(bitPattern: left))
        }
        if let conditionText {
            out.append(" if ")
            out.append(conditionText.span)
        }
    }
}
