internal import PseudoFS
internal import TraceEngine

/// A CPU lane of an instance: `per_cpu/cpu0`.
struct LaneContext: NodeContext {
    let instance: TraceInstance
    let lane: Int

    static func of(_ binding: Binding) -> LaneContext {
        LaneContext(instance: binding.subject(as: TraceInstance.self), lane: binding.number - 1)
    }

    // From 1, so that a lane's inode numbers differ from the instance's own.
    var binding: Binding { Binding(instance, number: lane + 1) }
}

/// A system of events as an instance sees it: `events/sched`.
struct SystemContext: NodeContext {
    let instance: TraceInstance
    let directory: EventDirectory

    static func of(_ binding: Binding) -> SystemContext {
        SystemContext(
            instance: binding.subject(as: TraceInstance.self), directory: binding.part(as: EventDirectory.self))
    }

    var binding: Binding { Binding(instance, part: directory) }
}

/// An event as an instance sees it: `events/sched/sched_switch`.
struct EventContext: NodeContext {
    let instance: TraceInstance
    let event: TraceEvent

    static func of(_ binding: Binding) -> EventContext {
        EventContext(instance: binding.subject(as: TraceInstance.self), event: binding.part(as: TraceEvent.self))
    }

    var binding: Binding { Binding(instance, part: event) }
}
