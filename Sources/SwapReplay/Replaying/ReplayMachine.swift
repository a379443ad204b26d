/// Goes through the steps of a recording with one allocator and one policy.
protocol ReplayMachine: AnyObject {
    /// Does some steps.
    func run(_ steps: Span<ReplayStep>)
    /// What came of it so far.
    var outcome: ReplayOutcome { get }
    /// Bytes of the models.
    var stateBytes: Int { get }
    /// Traps where the bookkeeping disagrees with itself. Empty in release builds.
    func checkInvariants()
}

/// The same for one model of an allocator; a class around the state, so that it is reached once for many steps.
final class Machine<Allocator: AllocatorModel>: ReplayMachine {
    private(set) var state: MachineState<Allocator>

    init(_ allocator: ReplayPlan.Allocator, _ policy: ReplayPlan.Policy, memLimitBytes: UInt64?) {
        state = MachineState(allocator, policy, memLimitBytes: memLimitBytes)
    }

    func run(_ steps: Span<ReplayStep>) { state.run(steps) }
    var outcome: ReplayOutcome { state.outcome }
    var stateBytes: Int { state.stateBytes }
    func checkInvariants() { state.checkInvariants() }
}
