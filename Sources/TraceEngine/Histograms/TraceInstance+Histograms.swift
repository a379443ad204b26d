internal import Bytes
internal import SystemPackage

/// What came of a line `hist:…`.
struct HistogramFindings {
    /// What was wrong, in order.
    var problems: [(problem: HistogramProblem, position: Int)] = []
    /// What was wrong with the condition.
    var condition: FilterError?
}

extension TraceInstance {
    /// Takes a line `[!]hist:…` for an event.
    ///
    /// - Throws: what Linux would say; ENOMEM where there is no room for the entries, ENODEV where the instance or the
    ///   event is gone. The error log tells what was wrong.
    func changeHistograms(_ line: Span<UInt8>, of event: TraceEvent) throws(FilterRefusal) {
        let command: HistogramCommand
        do throws(Errno) { command = try HistogramCommand(line) } catch {
            throw FilterRefusal(error, "hist:keys=FIELD… is expected")
        }
        var findings = HistogramFindings()
        var refused: Errno?
        do throws(Errno) {
            try withTouchedParts { parts throws(Errno) in
                try change(command, of: event, in: parts, &findings)
            }
        } catch {
            refused = error
        }
        log(findings, command, event)
        guard let refused else { return }
        if let condition = findings.condition { throw FilterRefusal(condition) }
        guard let last = findings.problems.last else { throw FilterRefusal(refused) }
        throw FilterRefusal(refused, "at byte \(last.position): \(last.problem.rawValue)")
    }

    private func log(_ findings: HistogramFindings, _ command: HistogramCommand, _ event: TraceEvent) {
        let now = context.clock.now()
        for (problem, position) in findings.problems {
            log(
                ErrorLog.Entry(
                    timestamp: now, place: "hist:\(event.system):\(event.name)", message: problem.rawValue,
                    command: Array(command.text.utf8), position: position))
        }
        if let condition = findings.condition, let text = command.condition {
            log(condition.logged(Array(text.utf8), at: now))
        }
    }

    /// Forgets the histograms of an event, and its triggers that turn histograms, as opening its file `trigger` with
    /// truncation does; all histograms, or none where another one asks for a variable of theirs.
    public func removeHistograms(of event: TraceEvent) {
        context.outside.deliver()
        defer { context.outside.letGo() }
        peek { parts in
            guard let parts else { return }
            let all = (parts.triggers[event.id] ?? []).compactMap(\.histogram)
            if !all.contains(where: { isReferred($0, in: parts) }) {
                for trigger in all { remove(trigger, in: parts) }
            }
            for trigger in parts.triggers[event.id] ?? [] {
                if case .setHistograms = trigger.action { remove(trigger, of: event, in: parts) }
            }
            renewRules(of: parts)
        }
    }

    /// Whether another histogram asks for a variable of this one.
    private func isReferred(_ trigger: HistogramTrigger, in parts: InstanceParts) -> Bool {
        parts.triggers.values.joined().contains { other in
            guard let other = other.histogram, other.histogram !== trigger.histogram else { return false }
            return other.refers(to: trigger.histogram)
        }
    }

    /// Takes a trigger away, and with the last of a histogram what was made for it.
    func remove(_ trigger: HistogramTrigger, in parts: InstanceParts) {
        let event = trigger.event
        guard let index = parts.triggers[event.id]?.firstIndex(where: { $0.histogram === trigger }) else { return }
        parts.triggers[event.id]?.remove(at: index)
        if parts.triggers[event.id]?.isEmpty == true { parts.triggers[event.id] = nil }
        if event.isEnableable {
            parts.holds[event.id]?.histograms.remove(trigger)
            release(event, in: parts)
        }
        let isShared = parts.triggers.values.joined().contains { $0.histogram?.histogram === trigger.histogram }
        if isShared { return }
        trigger.histogram.end()
        for helper in trigger.helpers where !isReferred(helper, in: parts) { remove(helper, in: parts) }
    }

    // MARK: a line

    private func change(
        _ command: HistogramCommand, of event: TraceEvent, in parts: InstanceParts,
        _ findings: inout HistogramFindings
    ) throws(Errno) {
        if event.isDead { throw .operationNotSupportedByDevice }
        let format: EventFormat
        do throws(FormatError) { format = try event.parsedFormat() } catch { throw .invalidArgument }
        let scope = HistogramScope(instance: self, parts: parts, event: event, format: format)
        var parser = try HistogramParser(command, scope, problems: &findings.problems)
        defer { findings.problems += parser.problems }
        try parser.parse()
        var condition: Filter?
        if let text = command.condition {
            do throws(FilterError) {
                condition = try Filter(parsing: text.utf8Span.span, format: format, cpus: lanes)
            } catch {
                findings.condition = error
                throw error.errno
            }
        }
        let definition = HistogramDefinition(parser, clock: parser.attributes.clock ?? parts.clock.name)
        let named = definition.name.flatMap { histogram(named: $0, in: parts) }
        let same = scope.triggers(of: event).first { isSame(definition, command.condition, $0, named) }
        if command.removes {
            guard let same else { return }
            if isReferred(same, in: parts) { throw .resourceBusy }
            remove(same, in: parts)
            return renewRules(of: parts)
        }
        if let same, update(same, parser.attributes, in: parts) { return }
        if let named, !definition.isSame(as: named.definition) {
            throw parser.refusal(.namedMismatch, at: definition.name)
        }
        if same != nil, definition.name == nil || named != nil {
            parser.note(.triggerExists)
            throw .fileExists
        }
        if parser.attributes.continues || parser.attributes.clears {
            parser.note(.nothingToClear)
            throw .noSuchFileOrDirectory
        }
        let clock = try clock(for: &parser, in: parts)
        try add(&parser, condition, command, named, in: parts, &findings)
        if let clock, clock.name != parts.clock.name { set(clock, of: parts) }
    }

    /// The histogram of a name.
    private func histogram(named name: String, in parts: InstanceParts) -> Histogram? {
        parts.triggers.values.joined().lazy.compactMap { $0.histogram?.histogram }
            .first { $0.definition.name == name }
    }

    /// Whether a line means a trigger that is there.
    private func isSame(
        _ definition: HistogramDefinition, _ condition: String?, _ other: HistogramTrigger, _ named: Histogram?
    ) -> Bool {
        if let named { guard other.histogram === named else { return false } }
        if named == nil, other.histogram.definition.name != nil { return false }
        return definition.isSame(as: other.histogram.definition) && condition == other.conditionText
    }

    /// Pauses, continues or clears a histogram, if the line says so.
    private func update(
        _ trigger: HistogramTrigger, _ attributes: HistogramAttributes, in parts: InstanceParts
    ) -> Bool {
        if attributes.pauses {
            trigger.isPaused = true
        } else if attributes.continues {
            trigger.isPaused = false
        } else if attributes.clears {
            trigger.histogram.clear()
        } else {
            return false
        }
        return true
    }

    /// The clock that a line asks for; nil where it asks for none.
    private func clock(for parser: inout HistogramParser, in parts: InstanceParts) throws(Errno) -> TraceClock? {
        guard parser.usesTime, let name = parser.attributes.clock else { return nil }
        let found = name == context.clock.name ? context.clock : TraceClock(named: name)
        guard let found else { throw parser.refusal(.clockNotSet, at: name) }
        return found
    }

    /// Makes the trigger, and what its actions need.
    private func add(
        _ parser: inout HistogramParser, _ condition: Filter?, _ command: HistogramCommand, _ named: Histogram?,
        in parts: InstanceParts, _ findings: inout HistogramFindings
    ) throws(Errno) {
        let event = parser.scope.event
        var helpers: [HistogramTrigger] = []
        do throws(Errno) {
            if named == nil {
                try parser.makeActions { other, parameters, condition throws(Errno) in
                    let line = HistogramCommand(parameters: parameters, condition: condition, text: command.text)
                    try change(line, of: other, in: parts, &findings)
                    let made = (parts.triggers[other.id] ?? []).compactMap(\.histogram).last
                    if let made { helpers.append(made) }
                }
            }
            let definition = HistogramDefinition(parser, clock: parser.attributes.clock ?? parts.clock.name)
            let histogram: Histogram
            if let named {
                histogram = named
            } else {
                histogram = try Histogram(definition, budget: context.budget)
            }
            let trigger = HistogramTrigger(
                event, histogram, definition, conditionText: command.condition,
                isPaused: parser.attributes.pauses, helpers: helpers)
            if event.isEnableable {
                do throws(Errno) { _ = try hold(event, in: parts) } catch {
                    if named == nil { histogram.end() }
                    throw error
                }
            }
            parts.holds[event.id]?.histograms.append(trigger)
            parts.triggers[event.id, default: []].append(
                Trigger(
                    .histogram(trigger), count: Trigger.unlimited, condition: condition, conditionText: nil))
        } catch {
            for helper in helpers { remove(helper, in: parts) }
            renewRules(of: parts)
            throw error
        }
        renewRules(of: parts)
    }

    /// Makes room for the snapshots of an action `snapshot()`.
    ///
    /// - Throws: EBUSY where another histogram of the instance takes them, ENOMEM where there is no room.
    func prepareSnapshotAction(in parts: InstanceParts) throws(Errno) -> HistogramSnapshot {
        let isTaken = parts.triggers.values.joined().contains {
            $0.histogram?.histogram.definition.actions.contains { $0.kind == .snapshot } == true
        }
        if isTaken { throw .resourceBusy }
        try parts.mapAll()
        let snapshot = makeSnapshot(of: parts)
        try snapshot.allocate()
        return HistogramSnapshot(snapshot)
    }
}
