internal import Locking

/// The histogram triggers of one event in one instance: what `enable_hist` and `disable_hist` turn.
///
/// Any thread. The lock is a leaf; triggers take it under a lane's.
final class HistogramGroup: Sendable {
    private let triggers = Locked<[HistogramTrigger]>([])

    func append(_ trigger: HistogramTrigger) { triggers.withLock { $0.append(trigger) } }

    func remove(_ trigger: HistogramTrigger) { triggers.withLock { $0.removeAll { $0 === trigger } } }

    /// Pauses or continues all of them.
    func setPaused(_ isPaused: Bool) {
        triggers.withLock { triggers in
            for trigger in triggers { trigger.isPaused = isPaused }
        }
    }
}
