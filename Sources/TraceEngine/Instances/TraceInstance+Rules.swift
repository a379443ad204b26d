internal import SystemPackage

extension TraceInstance {
    /// Makes the rules anew from filters, triggers and holds, and shows them to writers; about 0.1 us each.
    func renewRules(of parts: InstanceParts) {
        var entries: [UInt16: EventRules.Entry] = [:]
        for (id, filter) in parts.filters { if let filter = filter.filter { entries[id] = .filter(filter) } }
        for id in Set(parts.holds.keys).union(parts.triggers.keys) {
            entries[id] = .rule(
                EventRule(
                    filter: parts.filters[id]?.filter, hold: parts.holds[id]?.toggle,
                    triggers: parts.triggers[id] ?? [], clock: parts.clock))
        }
        var stacks: [UInt16] = []
        if options.has(.stackTrace) { stacks.append(FtraceEvent.kernelStack) }
        if options.has(.userStackTrace) { stacks.append(FtraceEvent.userStack) }
        parts.rules = EventRules(
            entries, tracing: tracing, tasks: context.tasks, listened: parts.listened.isEmpty ? nil : parts.listened,
            stacks: stacks)
        activate(parts)
    }

    /// Turns an event's tracepoint on for a trigger, without recording the event if nobody enabled it.
    ///
    /// The event's rule is to be shown to writers by the caller's `show`, before they can see the event.
    ///
    /// - Throws: ENODEV where the event is gone, ENOMEM where the ring buffers may not be mapped.
    func hold(_ event: TraceEvent, in parts: InstanceParts) throws(Errno) -> EventSwitch {
        if event.isDead { throw .operationNotSupportedByDevice }
        if let known = parts.holds[event.id] {
            parts.holds[event.id]?.count += 1
            return known.toggle
        }
        try parts.mapAll()
        if event.origin == .kernel { try parts.mapKernel() }
        let mask = makeRoom(for: event.id, in: parts)
        let toggle = EventSwitch(isDisabled: !mask.contains(event.id))
        parts.holds[event.id] = EventHold(event: event, toggle: toggle, count: 1)
        // Writers must know that it is disabled before they can see it.
        renewRules(of: parts)
        if !mask.contains(event.id) { insert(EventIDSet([event]), into: mask, of: parts) }
        guard mask.contains(event.id) else {
            parts.holds[event.id] = nil
            throw .operationNotSupportedByDevice
        }
        return toggle
    }

    /// Gives a ``hold(_:in:)`` back; with the last, an event that nobody enabled is off again.
    func release(_ event: TraceEvent, in parts: InstanceParts) {
        guard let held = parts.holds[event.id] else { return }
        parts.holds[event.id]?.count -= 1
        guard held.count == 1 else { return }
        parts.holds[event.id] = nil
        if held.toggle.isDisabled, let mask = parts.gate?.mask {
            remove(EventIDSet([event]), from: mask, of: parts)
        }
    }
}

/// An event that triggers of an instance hold.
struct EventHold: Sendable {
    let event: TraceEvent
    let toggle: EventSwitch
    /// Its histogram triggers.
    let histograms = HistogramGroup()
    /// How many triggers: those on the event, and those that enable or disable it.
    var count: Int
}
