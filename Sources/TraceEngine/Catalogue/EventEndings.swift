internal import Locking

/// Who wants to know when one of the catalogue's events has been removed: the few for which anybody does.
///
/// An event is removed under locks, and nobody is called under one: what is due is kept until ``tell()``. Any thread.
final class EventEndings: Sendable {
    private struct State {
        /// By the event's place in the list of all there ever were.
        var bodies: [UInt32: [@Sendable () -> Void]] = [:]
        var due: [@Sendable () -> Void] = []
    }

    private let state = Locked(State())

    /// Has something done when an event has been removed.
    func add(_ event: TraceEvent, _ body: @escaping @Sendable () -> Void) {
        state.withLock { $0.bodies[event.order, default: []].append(body) }
        // It may have gone just before.
        if event.isDead {
            ended(event)
            tell()
        }
    }

    /// An event has been removed.
    func ended(_ event: TraceEvent) {
        state.withLock { state in
            if let bodies = state.bodies.removeValue(forKey: event.order) { state.due += bodies }
        }
    }

    /// Calls those for whom it is due. Under no lock.
    func tell() {
        let due = state.withLock { state in
            defer { state.due = [] }
            return state.due
        }
        for body in due { body() }
    }
}
