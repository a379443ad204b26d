internal import Locking
internal import Synchronization
internal import SystemPackage

/// One tracing instance: a choice of events, and ring buffers to record them in.
///
/// Untouched it is some 200 bytes. The first enabled event or the first marker maps the ring buffers, which then take
/// memory as they fill. Removal never waits: who still has the object gets `ENODEV` from everything that can fail.
///
/// Any thread. The lock protects `parts` and everything in it; it comes after the registry's and the catalogue's, and
/// before those of `ActiveInstances` and the ring buffers. Records are written without it.
public final class TraceInstance: Sendable, Named {
    /// Never used again, not even after removal.
    public let id: UInt64
    /// Its directory's name; empty for the top instance.
    public let name: String
    let context: EngineContext
    private let dead = Atomic<Bool>(false)
    /// Whether records are taken; triggers turn it without the lock.
    let tracing: TracingSwitch
    /// The options that are set: ``TraceOptions/rawValue``.
    let optionBits: Atomic<UInt64>
    /// `buffer_percent`.
    let bufferPercentage = Atomic<Int>(50)
    private let parts = Locked<InstanceParts?>(nil)
    private let ending = Ending()

    init(name: String, context: EngineContext, options: TraceOptions) {
        self.name = name
        self.context = context
        optionBits = Atomic(options.rawValue)
        id = context.makeID()
        tracing = TracingSwitch(news: context.news, instance: id)
    }

    deinit {
        // Only an instance that was never removed, and whose engine is gone, comes here with parts.
        parts.withLock { parts in
            if let parts { context.active.remove(parts.place) }
        }
    }

    /// Whether it was removed.
    public var isDead: Bool { dead.load(ordering: .acquiring) }

    /// CPU lanes.
    public var lanes: Int { context.lanes }

    // MARK: the lock

    /// Does something with the parts there are, or nil while the instance is untouched.
    func withParts<Result: Sendable>(
        _ body: (InstanceParts?) throws(Errno) -> Result
    ) throws(Errno) -> Result {
        defer { context.catalogue.holders.tell() }
        return try parts.withLock { parts throws(Errno) in
            guard !isDead else { throw .operationNotSupportedByDevice }
            return try body(parts)
        }
    }

    /// Does something with the parts, which are made if there are none.
    func withTouchedParts<Result: Sendable>(
        _ body: (InstanceParts) throws(Errno) -> Result
    ) throws(Errno) -> Result {
        defer { context.catalogue.holders.tell() }
        return try parts.withLock { parts throws(Errno) in
            guard !isDead else { throw .operationNotSupportedByDevice }
            if let parts { return try body(parts) }
            let made = try InstanceParts(context: context, overwrites: options.has(.overwrite))
            parts = made
            return try body(made)
        }
    }

    /// Looks at the parts; what is gone looks like what was never touched.
    func peek<Result: Sendable>(_ body: (InstanceParts?) -> Result) -> Result {
        parts.withLock { parts in body(isDead ? nil : parts) }
    }

    // MARK: switches

    /// `tracing_on`: whether records are taken. Set for a removed instance it does nothing.
    public var tracingOn: Bool {
        get { tracing.isOn }
        set {
            // What happened in the kernel before is recorded, or not, as it stood before.
            context.outside.deliver()
            tracing.isOn = newValue
        }
    }

    // MARK: the end

    /// Has something done once, when it has been removed, whoever did; at once where that was before. Under no lock.
    public func whenRemoved(_ body: @escaping @Sendable () -> Void) { ending.add(body) }

    /// Ends it: events are let go, pipes end, memory is unmapped. Called once, by the registry.
    func end() {
        let signals = parts.withLock { parts -> [ReaderSignal] in
            dead.store(true, ordering: .releasing)
            guard let gone = parts else { return [] }
            parts = nil
            context.active.remove(gone.place)
            for trigger in gone.triggers.values.joined() { trigger.histogram?.histogram.end() }
            releaseAll(gone)
            for ring in gone.rings { ring.close() }
            gone.snapshot?.close()
            return (gone.pipe.map { [$0] } ?? []) + gone.lanePipes.values + gone.readers
        }
        context.options.forget(self)
        for signal in signals { signal.end() }
        context.catalogue.holders.tell()
        context.outside.letGo()
        ending.end()
    }

    private func releaseAll(_ parts: InstanceParts) {
        guard let mask = parts.gate?.mask, parts.enabledCount > 0 else { return }
        context.catalogue.holders.releaseAll(of: mask)
    }
}
