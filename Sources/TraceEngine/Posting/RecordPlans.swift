internal import Bytes
internal import Locking

/// An event that programs post, and the plan of its records. Immutable; any thread.
final class PlannedEvent: Sendable {
    let event: TraceEvent
    let plan: RecordPlan

    /// Reads the event's format.
    ///
    /// - Throws: EINVAL where it does not parse.
    init(_ event: TraceEvent) throws(PostRefusal) {
        self.event = event
        plan = try RecordPlan(event)
    }
}

/// The plans of the events that programs post: made when first asked for, forgotten when there are too many.
///
/// One lock, a leaf, taken once for each event that a body brings and not for each record of it.
final class RecordPlans: Sendable {
    private static let countMax = 512
    private let plans = Locked<[UInt16: PlannedEvent]>([:])

    /// The plan of an event: some microseconds for a new one.
    ///
    /// - Throws: EINVAL where the event's format does not parse.
    func plan(of event: TraceEvent) throws(PostRefusal) -> PlannedEvent {
        if let plan = plans.withLock({ $0[event.id] }), plan.event === event { return plan }
        let plan = try PlannedEvent(event)
        plans.withLock { plans in
            if plans.count >= Self.countMax { plans.removeAll() }
            plans[event.id] = plan
        }
        return plan
    }
}

/// The plans that one body has met, found without a lock: the last one at once, the others by what they are called.
struct MetPlans: ~Copyable {
    private let engine: TraceEngine
    /// What was met last.
    private var last: PlannedEvent?
    private var met: [PlannedEvent] = []
    private var next = 0

    private static let countMax = 16

    init(engine: TraceEngine) { self.engine = engine }

    /// The event of a name, which is the last one then.
    ///
    /// - Parameter name: `SYSTEM/NAME`.
    /// - Returns: nil where there is no event of that name that can be recorded.
    /// - Throws: EINVAL where its format does not parse.
    mutating func find(named name: Span<UInt8>) throws(PostRefusal) -> PlannedEvent? {
        if let last, last.plan.isCalled(name), !last.event.isDead { return last }
        for known in met where known.plan.isCalled(name) && !known.event.isDead {
            last = known
            return known
        }
        guard let slash = name.firstIndex(of: 0x2F) else { return nil }
        return try meet(
            engine.catalogue.snapshot.event(
                system: name.extracting(0..<slash), name: name.extracting((slash + 1)..<name.count)))
    }

    /// The event of an id, which is the last one then.
    mutating func find(id: UInt16) throws(PostRefusal) -> PlannedEvent? {
        if let last, last.event.id == id, !last.event.isDead { return last }
        for known in met where known.event.id == id && !known.event.isDead {
            last = known
            return known
        }
        return try meet(engine.catalogue.snapshot.event(id: id))
    }

    private mutating func meet(_ event: TraceEvent?) throws(PostRefusal) -> PlannedEvent? {
        guard let event, event.isEnableable else { return nil }
        let planned = try engine.plans.plan(of: event)
        last = planned
        if met.count < Self.countMax {
            met.append(planned)
        } else {
            met[next] = planned
            next = (next + 1) % Self.countMax
        }
        return planned
    }
}
