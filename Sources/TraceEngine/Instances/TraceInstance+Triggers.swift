public import Bytes
internal import SystemPackage

extension TraceInstance {
    /// Bytes of a trigger at most; one more is EINVAL.
    public static let triggerTextMax = 4095

    /// The commands that ``addTrigger(_:of:)`` knows, in the order in which the file lists them.
    public static var triggerNames: [String] { TriggerCommand.Name.allCases.map(\.rawValue) }

    /// Those of them that an empty file `trigger` names: those of the kernel whose texts were recorded, which was built
    /// without snapshots and histograms.
    public static var triggerNamesInHead: [String] {
        triggerNames.filter { !$0.hasSuffix("hist") && $0 != TriggerCommand.Name.snapshot.rawValue }
    }

    /// Whether an event has triggers.
    public func hasTriggers(_ event: TraceEvent) -> Bool { !triggers(of: event).isEmpty }

    /// Appends a line for each trigger of an event, the newest first: `traceoff:count=3 if a > 3`.
    public func appendTriggers(of event: TraceEvent, to out: inout ByteBuffer) {
        for trigger in triggers(of: event) {
            trigger.append(to: &out)
            out.append(0x0A)
        }
    }

    private func triggers(of event: TraceEvent) -> [Trigger] { peek { $0?.triggers[event.id] ?? [] } }

    /// Does what a write to the file `trigger` of an event does: adds a trigger, or removes one by `!`.
    ///
    /// `[!]COMMAND[:COUNT][ if FILTER]`, where the command is `traceon`, `traceoff`, `snapshot`, `stacktrace`,
    /// `enable_event:SYSTEM:EVENT` or `disable_event:SYSTEM:EVENT`, or the same with `hist`; or `[!]hist:keys=…`, which Linux'
    /// Documentation/trace/histogram.rst tells; no bytes do nothing. The event's tracepoint is on for as long as it has
    /// triggers.
    ///
    /// - Parameters:
    ///   - text: one line.
    ///   - event: one that can be enabled, or `ftrace/print`, which markers pull.
    /// - Throws: EINVAL for what is no trigger, EEXIST where the event has one that excludes it, what a filter is
    ///   refused with for the condition, which alone is logged; ENOMEM, ENODEV and what the kernel says, as enabling
    ///   does.
    public func addTrigger(_ text: Span<UInt8>, of event: TraceEvent) throws(FilterRefusal) {
        if text.isEmpty { return }
        context.outside.deliver()
        try applyTrigger(text, of: event)
        do throws(Errno) {
            try context.outside.update(nil)
        } catch {
            // Neither the event nor what the trigger enables can be had from the kernel: the trigger goes again.
            var removal = ByteBuffer(capacity: text.count + 1)
            if text[0] != 0x21 { removal.append(0x21) }
            removal.append(text)
            _ = try? applyTrigger(removal.span, of: event)
            context.outside.letGo()
            throw FilterRefusal(error)
        }
    }

    private func applyTrigger(_ text: Span<UInt8>, of event: TraceEvent) throws(FilterRefusal) {
        guard text.count <= Self.triggerTextMax else {
            throw FilterRefusal(.invalidArgument, "a trigger has at most \(Self.triggerTextMax) bytes")
        }
        let line = text.untilNUL.withoutSpaceAtEnd
        if HistogramCommand.isOne(line) { return try changeHistograms(line, of: event) }
        let command = try TriggerCommand(line)
        let target = try target(of: command)
        if command.removes {
            try change { parts throws(Errno) in
                self.remove(command.name, target, of: event, in: parts)
                self.renewRules(of: parts)
            }
            return
        }
        let count = try command.count()
        let conditionText = try command.condition()
        var condition: Filter?
        if let conditionText { condition = try compile(conditionText, for: event) }
        try change { parts throws(Errno) in
            if event.isDead { throw .operationNotSupportedByDevice }
            let action = self.action(command.name, target, parts.holds[target?.id ?? 0], parts)
            let probe = Trigger(action, count: count, condition: condition, conditionText: conditionText)
            guard !(parts.triggers[event.id] ?? []).contains(where: probe.excludes) else { throw .fileExists }
            var trigger = probe
            if command.name == .snapshot {
                try parts.mapAll()
                try self.makeSnapshot(of: parts).allocate()
            }
            if let target {
                _ = try self.hold(target, in: parts)
                trigger = Trigger(
                    self.action(command.name, target, parts.holds[target.id], parts), count: count,
                    condition: condition,
                    conditionText: conditionText)
            }
            do throws(Errno) {
                if event.isEnableable { _ = try self.hold(event, in: parts) }
            } catch {
                if let target { self.release(target, in: parts) }
                self.renewRules(of: parts)
                throw error
            }
            parts.triggers[event.id, default: []].insert(trigger, at: 0)
            self.renewRules(of: parts)
        }
    }

    private func action(
        _ name: TriggerCommand.Name, _ target: TraceEvent?, _ hold: EventHold?, _ parts: InstanceParts
    ) -> Trigger.Action {
        switch name {
        case .traceOn: return .traceOn
        case .traceOff: return .traceOff
        case .stackTrace: return .stackTrace
        case .snapshot: return .snapshot(makeSnapshot(of: parts))
        case .histogram: preconditionFailure("a histogram's line is taken by another")
        case .enableEvent, .disableEvent:
            guard let target else { preconditionFailure("the command names an event") }
            let toggle = hold?.toggle ?? EventSwitch(isDisabled: true)
            return .setEvent(target, toggle, enables: name == .enableEvent)
        case .enableHistograms, .disableHistograms:
            guard let target else { preconditionFailure("the command names an event") }
            return .setHistograms(
                target, hold?.histograms ?? HistogramGroup(), enables: name == .enableHistograms)
        }
    }

    /// Removes what the command excludes: `!traceon` takes `traceoff` away too, as in Linux.
    private func remove(
        _ name: TriggerCommand.Name, _ target: TraceEvent?, of event: TraceEvent, in parts: InstanceParts
    ) {
        let probe = Trigger(
            action(name, target, nil, parts), count: Trigger.unlimited, condition: nil, conditionText: nil)
        guard let found = parts.triggers[event.id]?.first(where: probe.excludes) else { return }
        remove(found, of: event, in: parts)
    }

    /// Removes a trigger that is no histogram.
    func remove(_ trigger: Trigger, of event: TraceEvent, in parts: InstanceParts) {
        parts.triggers[event.id]?.removeAll { $0 === trigger }
        if parts.triggers[event.id]?.isEmpty == true { parts.triggers[event.id] = nil }
        switch trigger.action {
        case .setEvent(let target, _, _), .setHistograms(let target, _, _): release(target, in: parts)
        case .traceOn, .traceOff, .stackTrace, .snapshot, .histogram: break
        }
        if event.isEnableable { release(event, in: parts) }
    }

    /// The event that a command names.
    private func target(of command: TriggerCommand) throws(FilterRefusal) -> TraceEvent? {
        guard let (system, name) = command.target else { return nil }
        guard let event = context.catalogue.snapshot.event(system: system.span, name: name.span), event.isEnableable
        else { throw FilterRefusal(.invalidArgument, "there is no such event to enable") }
        return event
    }

    /// Compiles a condition, and logs why it is none.
    private func compile(_ text: [UInt8], for event: TraceEvent) throws(FilterRefusal) -> Filter {
        do throws(FilterError) {
            return try event.compile(text.span, cpus: lanes)
        } catch {
            let entry = error.logged(text, at: context.clock.now())
            try change { parts throws(Errno) in parts.errors.append(entry) }
            throw FilterRefusal(error)
        }
    }

    private func change(_ body: (InstanceParts) throws(Errno) -> Void) throws(FilterRefusal) {
        do throws(Errno) {
            try withTouchedParts { parts throws(Errno) in try body(parts) }
        } catch {
            throw FilterRefusal(error, error == .fileExists ? "the event has such a trigger" : error.description)
        }
    }
}
