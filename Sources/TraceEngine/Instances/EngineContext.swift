internal import Synchronization

/// What all instances of one engine share. Any thread.
final class EngineContext: Sendable {
    let clock: TraceClock
    private let initial: TraceLimits
    private let instancesMax: Atomic<Int>
    /// CPU lanes of each instance.
    let lanes: Int
    let catalogue: EventCatalogue
    let tasks: SavedTasks
    let budget: BufferBudget
    let active: ActiveInstances
    let options = SharedOptions()
    let synthetic = SyntheticEvents()
    let outside = Outside()
    let news: EngineNews
    private let lastID = Atomic<UInt64>(0)

    init(clock: TraceClock, limits: TraceLimits, lanes: Int) {
        precondition(lanes > 0, "an engine has a lane at least")
        self.clock = clock
        initial = limits
        instancesMax = Atomic(limits.instancesMax)
        self.lanes = lanes
        catalogue = EventCatalogue(eventsMax: limits.eventsMax)
        news = catalogue.news
        tasks = SavedTasks(capacity: limits.savedTasksMax)
        budget = BufferBudget(limitBytes: limits.buffersBytesMax)
        active = ActiveInstances(lanes: lanes)
    }

    /// What holds now. Of the size of a new instance's buffers and of the saved tasks setting takes nothing.
    var limits: TraceLimits {
        get {
            var limits = initial
            limits.instancesMax = instancesMax.load(ordering: .relaxed)
            limits.eventsMax = catalogue.eventsMax
            limits.buffersBytesMax = budget.limitBytes
            return limits
        }
        set {
            instancesMax.store(newValue.instancesMax, ordering: .relaxed)
            catalogue.eventsMax = newValue.eventsMax
            budget.limitBytes = newValue.buffersBytesMax
        }
    }

    /// A number that no instance had before.
    func makeID() -> UInt64 { lastID.wrappingAdd(1, ordering: .relaxed).newValue }
}
