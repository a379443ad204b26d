internal import PseudoFS
internal import TraceEngine

/// An instance: everything below `/tracing`, or below `/tracing/instances/NAME`.
struct InstanceContext: NodeContext {
    let instance: TraceInstance

    init(_ instance: TraceInstance) { self.instance = instance }
    init(_ binding: Binding) { instance = cast(binding.subject) }
    var binding: Binding { Binding(instance) }
}

/// A CPU lane of an instance: `per_cpu/cpu0`.
struct LaneContext: NodeContext {
    let instance: TraceInstance
    let lane: Int

    init(_ instance: TraceInstance, lane: Int) {
        self.instance = instance
        self.lane = lane
    }
    init(_ binding: Binding) {
        instance = cast(binding.subject)
        lane = binding.number - 1
    }
    // From 1, so that a lane's inode numbers differ from the instance's own.
    var binding: Binding { Binding(instance, number: lane + 1) }
}

/// A system of events as an instance sees it: `events/sched`.
struct SystemContext: NodeContext {
    let instance: TraceInstance
    let directory: EventDirectory

    init(_ instance: TraceInstance, _ directory: EventDirectory) {
        self.instance = instance
        self.directory = directory
    }
    init(_ binding: Binding) {
        instance = cast(binding.subject)
        directory = cast(part(of: binding))
    }
    var binding: Binding { Binding(instance, part: directory) }
}

/// An event as an instance sees it: `events/sched/sched_switch`.
struct EventContext: NodeContext {
    let instance: TraceInstance
    let event: TraceEvent

    init(_ instance: TraceInstance, _ event: TraceEvent) {
        self.instance = instance
        self.event = event
    }
    init(_ binding: Binding) {
        instance = cast(binding.subject)
        event = cast(part(of: binding))
    }
    var binding: Binding { Binding(instance, part: event) }
}

/// A binding holds what its context put there: anything else is a table bound to another's context, our own mistake.
@inline(__always)
private func cast<Model: Subject>(_ subject: any Subject) -> Model {
    guard let model = subject as? Model else { preconditionFailure("a table is bound to another's context") }
    return model
}

@inline(__always)
private func part(of binding: Binding) -> any Subject {
    guard let part = binding.part else { preconditionFailure("a table is bound to another's context") }
    return part
}
