internal import Bytes

extension EventCatalogue {
    /// Checks that the ways to an event agree; traps where they do not. Empty in release.
    public func checkInvariants() {
        #if DEBUG
            let snapshot = snapshot
            var enableable = 0
            for system in snapshot.systems {
                precondition(!system.events.isEmpty, "an empty system")
                precondition(snapshot.system(named: system.name.utf8Span.span) === system, "a system is not found")
                for event in system.events {
                    precondition(event.system == system.name, "an event in another's system")
                    precondition(snapshot.event(id: event.id) === event, "an id leads elsewhere")
                    precondition(system.event(named: event.name.utf8Span.span) === event, "an event is not found")
                    if event.isEnableable { enableable += 1 }
                }
            }
            precondition(
                snapshot.eventsInOrder.count == enableable && snapshot.mask.count == enableable, "events missing")
            for (left, right) in zip(snapshot.eventsInOrder, snapshot.eventsInOrder.dropFirst()) {
                precondition(left.order < right.order, "the order is lost")
            }
        #endif
    }
}
