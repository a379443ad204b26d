internal import Bytes

extension TraceEngine {
    /// Says who brings events from outside; nil is nobody any more.
    public func attach(_ source: (any OutsideEvents)?) { context.outside.attach(source) }

    /// How many readers wait for records as they come: `trace_pipe` of any instance.
    public var openPipeCount: Int { context.outside.pipeCount }

    /// Asks who brings events from outside whether any have come or gone.
    public func lookForEvents() { context.outside.lookForEvents() }

    /// The system of a name, which may be any bytes; one that is not known is looked for outside.
    public func system(named name: Span<UInt8>) -> EventSystem? {
        if let system = catalogue.snapshot.system(named: name) { return system }
        guard context.outside.isAttached else { return nil }
        lookForEvents()
        return catalogue.snapshot.system(named: name)
    }

    /// The event of a system and a name, which may be any bytes; one that is not known is looked for outside.
    public func event(system: Span<UInt8>, name: Span<UInt8>) -> TraceEvent? {
        if let event = catalogue.snapshot.event(system: system, name: name) { return event }
        guard context.outside.isAttached else { return nil }
        lookForEvents()
        return catalogue.snapshot.event(system: system, name: name)
    }

    /// Writes records that came from outside into every instance that wants them: one lock for all of a page.
    ///
    /// Filters and triggers do with them as with all others.
    ///
    /// - Parameters:
    ///   - records: in the order of their times; their ranges must be within the page.
    ///   - page: their bytes.
    ///   - lane: the CPU on which they happened, taken modulo ``lanes``.
    ///   - readers: takes who is to be woken.
    public func publish(
        _ records: [OutsideRecord], of page: Span<UInt8>, lane: Int, waking readers: inout ReadersToWake
    ) {
        context.active.targets(lane: lane % lanes).write(records, of: page, waking: &readers)
    }

    /// Tells every instance that wants any event of the kernel's that some were lost there, before they came here.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - lane: the CPU on which they happened, taken modulo ``lanes``.
    public func publish(lost count: UInt64, lane: Int) {
        context.active.targets(lane: lane % lanes).lose(count, of: catalogue.snapshot.kernelMask)
    }
}
