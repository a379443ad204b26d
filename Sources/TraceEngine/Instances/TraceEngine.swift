internal import Locking
internal import Bytes
internal import Synchronization
public import SystemPackage

/// The tracing of one server: a catalogue of events, a top instance and any number of others.
///
/// Any thread. The lock protects the table of instances; it is the first of the order registry -> catalogue ->
/// instance -> lane -> ring buffer, and nothing else is done under it.
public final class TraceEngine: Sendable {
    /// The instance without a name.
    public let top: TraceInstance
    let context: EngineContext
    private let registry: Locked<Registry>
    private let refusedInstances = Atomic<UInt64>(0)
    /// What is known of the events that programs post.
    let plans = RecordPlans()
    /// Who wants to know when an event has been removed.
    let endings = EventEndings()

    private struct Registry {
        var table: NameTable<TraceInstance>
        /// Sorted; nil after a change, until somebody asks.
        var sorted: [TraceInstance]?
    }

    /// An engine without events.
    ///
    /// - Parameters:
    ///   - clock: the clock that instances begin with.
    ///   - limits: how much there may be.
    ///   - lanes: CPU lanes of each instance, usually the number of CPUs.
    ///   - seed: random where strangers name instances.
    public init(clock: TraceClock = .local, limits: TraceLimits = TraceLimits(), lanes: Int, seed: UInt64 = 0) {
        context = EngineContext(clock: clock, limits: limits, lanes: lanes)
        top = TraceInstance(name: "", context: context, options: .topDefault)
        registry = Locked(Registry(table: NameTable(seed: seed), sorted: []))
        context.options.begin(with: top)
    }

    /// All events.
    public var catalogue: EventCatalogue { context.catalogue }
    /// The limits: how many instances and events there may be, and what buffers may take, can be changed at any time.
    /// What is more than a new limit stays, and nothing comes to it. The others hold as the engine was made.
    public var limits: TraceLimits {
        get { context.limits }
        set { context.limits = newValue }
    }
    /// CPU lanes of each instance.
    public var lanes: Int { context.lanes }
    /// The names of tasks.
    public var tasks: SavedTasks { context.tasks }
    /// What all ring buffers map, bytes.
    public var mappedBytes: Int { context.budget.mappedBytes }
    /// In how many instances any event is enabled.
    public var activeInstanceCount: Int { context.active.count }

    /// How many events are enabled somewhere, or held by a trigger.
    public var heldEventCount: Int { context.catalogue.holders.heldCount }

    /// What the limits have refused.
    public var refusals: TraceRefusals {
        TraceRefusals(
            instances: refusedInstances.load(ordering: .relaxed),
            events: context.catalogue.refused.load(ordering: .relaxed), buffersBytes: context.budget.refusedCount)
    }

    /// Sets what is called when instances or events have come or gone, and when tracing was turned on or off in one,
    /// whoever did it. Called with the identity of that one, or nil; on any thread, perhaps under a lock of the engine's: it
    /// must only pass the word on. nil takes it away.
    public func onChange(_ action: (@Sendable (_ instance: UInt64?) -> Void)?) { context.news.set(action) }

    // MARK: instances

    /// Makes an instance, with the top one's options; about 1 us however many there are.
    ///
    /// - Throws: `EEXIST`; `ENAMETOOLONG` above 255 bytes; `EINVAL` for no name, `.`, `..` and names with `/` or NUL;
    ///   `ENFILE` beyond the limit.
    @discardableResult
    public func createInstance(name: String) throws(Errno) -> TraceInstance {
        try Self.check(name)
        let options = top.options.subtracting(.notInherited)
        let instance = TraceInstance(name: name, context: context, options: options)
        try registry.withLock { registry throws(Errno) in
            if registry.table[name.utf8Span.span] != nil { throw .fileExists }
            guard registry.table.count < context.limits.instancesMax else {
                refusedInstances.wrappingAdd(1, ordering: .relaxed)
                throw .tooManyOpenFilesInSystem
            }
            _ = registry.table.insert(instance)
            registry.sorted = nil
        }
        context.news.tell()
        return instance
    }

    /// Removes an instance without waiting for anybody: its pipes end, its memory goes, whoever still has it gets
    /// `ENODEV`.
    ///
    /// - Throws: `ENOENT` where it was removed before, `EPERM` for the top instance.
    public func removeInstance(_ instance: TraceInstance) throws(Errno) {
        guard instance !== top else { throw .notPermitted }
        try registry.withLock { registry throws(Errno) in
            guard registry.table.remove(instance) else { throw .noSuchFileOrDirectory }
            registry.sorted = nil
        }
        instance.end()
        context.news.tell()
    }

    /// The instance of a name, which may be any bytes; about 50 ns.
    public func instance(named name: Span<UInt8>) -> TraceInstance? { registry.withLock { $0.table[name] } }

    /// How many there are beside the top one.
    public var instanceCount: Int { registry.withLock { $0.table.count } }

    /// All but the top one, sorted by name. Sorted when first asked for after a change, then a reference.
    public var instances: [TraceInstance] {
        registry.withLock { registry in
            if let sorted = registry.sorted { return sorted }
            let sorted = registry.table.sorted
            registry.sorted = sorted
            return sorted
        }
    }

    private static func check(_ name: String) throws(Errno) {
        let bytes = name.utf8Span.span
        guard bytes.count <= 255 else { throw .fileNameTooLong }
        guard bytes.count > 0, name != ".", name != "..", bytes.firstIndex(of: 0x2F) == nil,
            bytes.firstIndex(of: 0) == nil
        else { throw .invalidArgument }
    }

    // MARK: events

    /// Removes an event with its filters, and clears the instances that may hold records of it.
    ///
    /// - Throws: `EBUSY` while it is enabled or held anywhere, `ENOENT` where it was removed before.
    public func remove(_ event: TraceEvent) throws(Errno) {
        try drop(event)
        endings.tell()
    }

    /// Does the same, where a lock is held: who removes tells ``endings`` when it is free.
    func drop(_ event: TraceEvent) throws(Errno) {
        try catalogue.remove(event)
        endings.ended(event)
        for instance in [top] + instances {
            instance.clear(ifRecorded: event)
            instance.forgetFilter(of: event)
        }
    }

    /// The name of a task that wrote records: `<idle>` for pid 0, `<...>` for one that is not known.
    public func comm(forPID pid: Int32, source: TraceSource = .local) -> String {
        tasks.comm(forPID: pid, source: source)
    }
}
