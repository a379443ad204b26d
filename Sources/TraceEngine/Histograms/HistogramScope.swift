/// What a histogram's line may speak of: the events there are, and the histograms of its instance.
///
/// Valid under the instance's lock.
struct HistogramScope {
    let instance: TraceInstance
    let parts: InstanceParts
    /// Whose histogram it is.
    let event: TraceEvent
    let format: EventFormat

    /// An event by its system and name.
    func event(_ system: String, _ name: String) -> TraceEvent? {
        instance.context.catalogue.snapshot.event(system: system.utf8Span.span, name: name.utf8Span.span)
    }

    /// The histogram triggers of an event, in order.
    func triggers(of event: TraceEvent) -> [HistogramTrigger] {
        (parts.triggers[event.id] ?? []).compactMap(\.histogram)
    }

    /// A variable of an event's histograms.
    func variable(_ name: String, of event: TraceEvent) -> (Histogram, HistogramField)? {
        for trigger in triggers(of: event) {
            if let field = trigger.histogram.definition.variable(name) { return (trigger.histogram, field) }
        }
        return nil
    }

    /// The events with a histogram that has a variable of a name.
    func eventsWithVariable(_ name: String) -> [TraceEvent] {
        var events: [TraceEvent] = []
        for triggers in parts.triggers.values {
            for trigger in triggers.compactMap(\.histogram)
            where trigger.histogram.definition.variable(name) != nil
                && !events.contains(where: { $0 === trigger.event })
            {
                events.append(trigger.event)
            }
        }
        return events
    }

    /// A synthetic event by its name.
    func synthetic(_ name: String) -> SyntheticEvent? { instance.context.synthetic.event(named: name) }
}
