/// What happens at each record of an event that has triggers, or is held by one, in one instance.
///
/// The order is the kernel's. Where all triggers work on any record and before it is written, they are pulled first,
/// whatever becomes of it. Else the record is made, then each trigger whose condition it passes is pulled, and those
/// that wait are once it is written, or discarded.
final class EventRule: Sendable {
    let filter: Filter?
    /// Nil where no trigger holds the event: for markers.
    private let hold: EventSwitch?
    /// The newest first.
    private let triggers: [Trigger]
    /// Whether a trigger has to see the record, or waits for it.
    private let looksAtRecord: Bool
    /// Whether any condition is about the task's name.
    let asksComm: Bool

    init(filter: Filter?, hold: EventSwitch?, triggers: [Trigger]) {
        self.filter = filter
        self.hold = hold
        self.triggers = triggers
        looksAtRecord = triggers.contains { $0.condition != nil || $0.isPulledLater }
        asksComm = filter?.asksComm == true || triggers.contains { $0.condition?.asksComm == true }
    }

    /// Pulls what is to be pulled before a record is written, and says what becomes of it.
    ///
    /// - Parameters:
    ///   - subject: the record.
    ///   - tracing: whether the instance takes records; triggers may turn it.
    ///   - isTracepoint: whether the event really happened, and was not injected.
    /// - Returns: whether to write it, and whether ``pullLater(_:_:)`` is to be called then.
    func verdict(_ subject: FilterSubject, _ tracing: TracingSwitch, isTracepoint: Bool) -> RecordVerdict {
        let wasDisabled = hold?.isDisabled ?? false
        let wasOn = tracing.isOn
        guard looksAtRecord else {
            if isTracepoint { for trigger in triggers { trigger.pull(tracing) } }
            let isDisabled = wasDisabled && isTracepoint || hold?.isDisabled ?? false
            return !isDisabled && tracing.isOn && filter?.matches(subject) ?? true ? .write : .discard
        }
        let waits = pull(subject, tracing)
        // What may yet be discarded is kept aside, and written by what holds then; all else had to find room before.
        let isKeptAside = wasDisabled || filter != nil
        let passes =
            (isKeptAside ? tracing.isOn : wasOn) && !(hold?.isDisabled ?? false) && filter?.matches(subject) ?? true
        if passes { return waits ? .writeThenMore : .write }
        return waits ? .discardThenMore : .discard
    }

    /// Pulls what is pulled by any record, for one of a task that the instance does not listen to: where a trigger has
    /// to see the record, there is none to be seen.
    func pullByIgnored(_ tracing: TracingSwitch) {
        if looksAtRecord { return }
        for trigger in triggers { trigger.pull(tracing) }
    }

    /// Pulls those that do not wait; whether any waits.
    private func pull(_ subject: FilterSubject, _ tracing: TracingSwitch) -> Bool {
        var waits = false
        for trigger in triggers {
            if let condition = trigger.condition, !condition.matches(subject) { continue }
            if trigger.isPulledLater { waits = true } else { trigger.pull(tracing) }
        }
        return waits
    }

    /// Pulls those that waited for the record.
    ///
    /// - Returns: whether a stack is to be recorded.
    func pullLater(_ subject: FilterSubject, _ tracing: TracingSwitch) -> Bool {
        var wantsStack = false
        for trigger in triggers where trigger.isPulledLater {
            if let condition = trigger.condition, !condition.matches(subject) { continue }
            if trigger.pull(tracing), tracing.isOn { wantsStack = true }
        }
        return wantsStack
    }
}

/// What becomes of a record in one instance.
enum RecordVerdict {
    case discard
    case write
    /// And something is to be done behind it: a trigger pulled, a stack recorded.
    case writeThenMore
    /// It is not written, and a trigger is to be pulled all the same.
    case discardThenMore
}
