public import SystemPackage

/// How many of several events are enabled: `0`, `1` or `X`.
public enum EnableState: Sendable, Equatable {
    /// None, or there are no events.
    case none
    /// All.
    case all
    /// Some.
    case mixed

    init(enabled: Int, of count: Int) {
        self = enabled == 0 ? .none : enabled == count ? .all : .mixed
    }
}

extension TraceInstance {
    /// Whether an event is recorded: `enable` shows 1.
    public func isEnabled(_ event: TraceEvent) -> Bool {
        peek { parts in
            guard let parts, parts.gate?.mask.contains(event.id) == true else { return false }
            return parts.holds[event.id].map { !$0.toggle.isDisabled } ?? true
        }
    }

    /// Whether triggers keep an event's tracepoint on: `enable` shows a star.
    public func isHeld(_ event: TraceEvent) -> Bool { peek { $0?.holds[event.id] != nil } }

    /// Which events are enabled, or held by triggers, in the order of the kernel's list.
    public var enabledEvents: [TraceEvent] {
        let events = context.catalogue.snapshot.eventsInOrder
        guard let mask = peek({ $0?.gate?.mask }) else { return [] }
        return events.filter { mask.contains($0.id) }
    }

    /// How many events are enabled, or held by triggers.
    public var enabledCount: Int { peek { $0?.enabledCount ?? 0 } }

    /// Whether none, all or some events of a system are enabled.
    public func enableState(_ system: EventSystem) -> EnableState { state(of: system.mask) }

    /// Whether none, all or some of all events are enabled.
    public var enableStateAll: EnableState { state(of: context.catalogue.snapshot.mask) }

    private func state(of set: EventIDSet) -> EnableState {
        EnableState(enabled: peek { $0?.gate?.mask.count(in: set) ?? 0 }, of: set.count)
    }

    /// Enables or disables an event; one that triggers hold stays on for them. When disabling returns, what was published before is in the buffer.
    ///
    /// The first event to be enabled maps the ring buffers.
    ///
    /// - Throws: `ENODEV` where the instance or the event is gone, `ENOMEM` where the ring buffers may not be mapped,
    ///   `EINVAL` for an event of `ftrace/`, for one of the kernel's what the kernel says; nothing is changed then.
    public func setEnabled(_ event: TraceEvent, _ enabled: Bool) throws(Errno) {
        guard event.isEnableable else { throw .invalidArgument }
        if event.isDead { throw .operationNotSupportedByDevice }
        try set(EventIDSet([event]), enabled)
    }

    /// Enables or disables all events of a system.
    ///
    /// - Throws: as ``setEnabled(_:_:)``; events that were removed meanwhile are passed over.
    public func setEnabled(_ system: EventSystem, _ enabled: Bool) throws(Errno) {
        try set(system.mask, enabled)
    }

    /// Enables or disables all events; about 3 ns an event.
    ///
    /// - Throws: as `setEnabled(_:_:)`; events that were removed meanwhile are passed over.
    public func setAllEnabled(_ enabled: Bool) throws(Errno) {
        try set(context.catalogue.snapshot.mask, enabled)
    }

    private func set(_ events: EventIDSet, _ enabled: Bool) throws(Errno) {
        // What happened in the kernel before is recorded as things stood before.
        context.outside.deliver()
        let theirs = context.outside.isAttached ? events.ids(in: context.catalogue.snapshot.kernelMask) : []
        guard enabled else {
            try disable(events)
            // A writer that saw the event enabled may still be at it; its record shall not come after a clearing.
            context.active.wait()
            if !theirs.isEmpty { context.outside.letGo(theirs) }
            return
        }
        guard let highest = events.highest else { return }
        let added = try withTouchedParts { parts throws(Errno) -> EventIDSet? in
            try parts.mapAll()
            if !theirs.isEmpty { try parts.mapKernel() }
            let mask = makeRoom(for: highest, in: parts)
            let isOff = parts.holds.values.filter { events.contains($0.event.id) && $0.toggle.isDisabled }
            // Only the kernel can refuse, and then this is taken back.
            let added = theirs.isEmpty ? nil : events.subtracting(mask).union(EventIDSet(isOff.map(\.event)))
            insert(events, into: mask, of: parts)
            for hold in isOff { hold.toggle.isDisabled = false }
            return added
        }
        guard let added else { return }
        do throws(Errno) {
            try context.outside.update(theirs)
        } catch {
            try disable(added)
            context.outside.letGo(theirs)
            throw error
        }
    }

    /// Disables events; those that triggers hold stay in the mask for them.
    private func disable(_ events: EventIDSet) throws(Errno) {
        try withParts { parts throws(Errno) in
            guard let parts, let mask = parts.gate?.mask else { return }
            let held = parts.holds.values.filter { events.contains($0.event.id) }
            for hold in held { hold.toggle.isDisabled = true }
            remove(events.subtracting(held.map(\.event.id)), from: mask, of: parts)
        }
    }

    func insert(_ events: EventIDSet, into mask: EventMask, of parts: InstanceParts) {
        let before = parts.enabledCount
        parts.enabledCount += context.catalogue.holders.hold(events, into: mask)
        parts.recorded?.formUnion(mask)
        if before == 0 && parts.enabledCount > 0 { activate(parts) }
    }

    func remove(_ events: EventIDSet, from mask: EventMask, of parts: InstanceParts) {
        let before = parts.enabledCount
        parts.enabledCount -= context.catalogue.holders.release(events, from: mask)
        if before > 0 && parts.enabledCount == 0 { context.active.remove(parts.place) }
    }

    /// Makes sure that there is a gate whose mask can hold an id.
    func makeRoom(for id: UInt16, in parts: InstanceParts) -> EventMask {
        if let gate = parts.gate, gate.mask.capacity > Int(id) { return gate.mask }
        // Room for 1024 more, so that events made one by one do not make a mask each.
        let capacity = max(context.catalogue.snapshot.idEnd, Int(id) + 1) + 1024
        let mask = EventMask(capacity: min(capacity, 65_536))
        let recorded = EventMask(capacity: mask.capacity)
        if let old = parts.gate?.mask { mask.formUnion(old) }
        if let old = parts.recorded { recorded.formUnion(old) }
        parts.recorded = recorded
        replaceGate(of: parts, mask: mask)
        return mask
    }

    /// Shows writers another mask or clock.
    func replaceGate(of parts: InstanceParts, mask: EventMask) {
        parts.gate = RecordingGate(mask: mask, clock: parts.clock, tracing: tracing)
        activate(parts)
    }

    /// Shows an instance to writers as it is now, if any of its events is enabled.
    func activate(_ parts: InstanceParts) {
        guard let gate = parts.gate, parts.enabledCount > 0 else { return }
        context.active.set(parts.place) { lane in
            LaneTargets.Target(
                gate: gate, rules: parts.rules, local: parts.ring(lane: lane),
                kernel: parts.ring(lane: lane, source: .kernel))
        }
    }
}
