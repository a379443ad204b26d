internal import Locking
public import SystemPackage

/// Removing events whoever uses them: what the end of their owner does.
extension TraceEngine {
    /// Has something done once, when an event has been removed, whoever did; at once where that was before. Under no
    /// lock.
    public func whenRemoved(_ event: TraceEvent, _ body: @escaping @Sendable () -> Void) { endings.add(event, body) }

    /// Removes a synthetic event, whoever uses it: histograms that record it go, and those that ask for their variables.
    ///
    /// - Parameter event: the event of its name.
    /// - Throws: ENOENT where it is none, or was removed before.
    public func dismissSyntheticEvent(_ event: TraceEvent) throws(Errno) {
        guard let synthetic = context.synthetic.all.first(where: { $0.event === event }) else {
            throw .noSuchFileOrDirectory
        }
        synthetic.isClosing = true
        letGo(of: event)
        defer { endings.tell() }
        try context.synthetic.changes.withLock { _ throws(Errno) in
            do throws(Errno) { try remove(synthetic) } catch {
                synthetic.isClosing = false
                catalogue.setClosing(event, false)
                throw error
            }
        }
    }

    /// Lets nobody hold an event any more, and has every instance let go of it: it is disabled, its triggers go, and
    /// those of others that name it. About 1 us an instance.
    ///
    /// What has been recorded stays until the event is removed.
    func letGo(of event: TraceEvent) {
        catalogue.setClosing(event, true)
        // An instance that is made from here on cannot hold it.
        for instance in [top] + instances { instance.letGo(of: event) }
    }
}

extension TraceInstance {
    /// Disables an event and takes away every trigger that keeps it.
    func letGo(of event: TraceEvent) {
        // An instance that has gone holds nothing.
        if isEnabled(event) { try? setEnabled(event, false) }
        peek { parts in
            guard let parts else { return }
            let own = parts.triggers[event.id] ?? []
            let others = parts.triggers.values.joined().filter { $0.names(event) }
            if own.isEmpty, others.isEmpty { return }
            for trigger in own { if let histogram = trigger.histogram { removeWithReferrers(histogram, in: parts) } }
            for trigger in parts.triggers[event.id] ?? [] { remove(trigger, of: event, in: parts) }
            for (id, triggers) in parts.triggers {
                guard let holder = context.catalogue.snapshot.event(id: id) else { continue }
                for trigger in triggers where trigger.names(event) {
                    if let histogram = trigger.histogram {
                        removeWithReferrers(histogram, in: parts)
                    } else {
                        remove(trigger, of: holder, in: parts)
                    }
                }
            }
            renewRules(of: parts)
        }
        context.outside.letGo()
    }

    /// Removes a histogram, and before it those that ask for its variables.
    private func removeWithReferrers(_ trigger: HistogramTrigger, in parts: InstanceParts) {
        while let other = parts.triggers.values.joined().lazy.compactMap(\.histogram).first(where: {
            $0.histogram !== trigger.histogram && $0.refers(to: trigger.histogram)
        }) {
            removeWithReferrers(other, in: parts)
        }
        remove(trigger, in: parts)
    }
}

extension Trigger {
    /// Whether it does something to an event, or records it.
    fileprivate func names(_ event: TraceEvent) -> Bool {
        switch action {
        case .setEvent(let target, _, _), .setHistograms(let target, _, _): target === event
        case .histogram(let trigger): trigger.histogram.definition.actions.contains { $0.synthetic?.event === event }
        case .traceOn, .traceOff, .stackTrace, .snapshot: false
        }
    }
}
