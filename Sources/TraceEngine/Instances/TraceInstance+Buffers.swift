internal import Synchronization
public import SystemPackage

extension TraceInstance {
    /// `buffer_size_kb` of a lane: what its pages really hold, KiB.
    public func bufferKilobytes(lane: Int) -> Int {
        peek { $0?.ring(lane: lane).declaredBytes }.map { $0 / 1024 }
            ?? RingBuffer.kilobytes(
                pageCount: (try? RingBuffer.pageCount(kilobytes: context.limits.bufferKilobytes)) ?? 2)
    }

    /// `buffer_size_kb` of all lanes, or nil (`X`) where they differ.
    public var bufferKilobytes: Int? {
        let first = bufferKilobytes(lane: 0)
        for lane in 1..<max(lanes, 1) where bufferKilobytes(lane: lane) != first { return nil }
        return first
    }

    /// `buffer_total_size_kb`: the sum of the lanes.
    public var bufferTotalKilobytes: Int { (0..<lanes).reduce(0) { $0 + bufferKilobytes(lane: $1) } }

    /// Whether the local ring buffers have memory yet.
    public var isMapped: Bool { peek { $0?.isMapped ?? false } }

    /// Sets `buffer_size_kb` of one lane or of all; what fits stays.
    ///
    /// - Throws: `EINVAL` for 0, `ENOMEM` where there is no room: lanes before the one that failed have the new size
    ///   then, as in the kernel. `ENODEV` where the instance is gone.
    public func setBufferKilobytes(_ kilobytes: UInt64, lane: Int? = nil) throws(Errno) {
        _ = try RingBuffer.pageCount(kilobytes: kilobytes)
        try withTouchedParts { parts throws(Errno) in
            try resize(parts, lane: lane, kilobytes: kilobytes)
        }
    }

    private func resize(_ parts: InstanceParts, lane: Int?, kilobytes: UInt64) throws(Errno) {
        let pageSize = parts.rings[0].pageSize
        let pages =
            kilobytes == 0 ? 2 : try RingBuffer.pageCount(kilobytes: kilobytes, pageSize: pageSize)
        guard RingBuffer.mappedBytes(pageCount: pages, pageSize: pageSize) <= context.budget.limitBytes else {
            throw context.budget.refusal()
        }
        for ring in parts.rings(lane: lane) { try ring.resize(pageCount: pages) }
        // What a trigger exchanges them with has the same size.
        guard let snapshot = parts.snapshot, snapshot.isAllocated else { return }
        for spare in snapshot.spares(lane: lane) { try spare.resize(pageCount: pages) }
    }

    /// Does what closing `free_buffer` does: every lane is as small as can be, what fits stays. With the option
    /// `disable_on_free` tracing is turned off first.
    ///
    /// - Throws: `ENODEV` where the instance is gone.
    public func freeBuffers() throws(Errno) {
        if options.has(.disableOnFree) { tracingOn = false }
        try withTouchedParts { parts throws(Errno) in try resize(parts, lane: nil, kilobytes: 0) }
    }

    /// Sets `buffer_subbuf_size_kb`: the next power of two from 4 on. Another size clears the buffers, and there are as
    /// many sub-buffers as hold the same.
    ///
    /// - Throws: `EINVAL` for 0 and above 512, `ENOMEM` where there is no room, `ENODEV` where the instance is gone.
    public func setSubBufferKilobytes(_ kilobytes: UInt64) throws(Errno) {
        guard kilobytes > 0, kilobytes <= 512 else { throw .invalidArgument }
        var size = SubBuffer.defaultSize
        while size < Int(kilobytes) * 1024 { size *= 2 }
        try withTouchedParts { parts throws(Errno) in
            let before = parts.rings[0].pageSize
            guard size != before else { return }
            let all = parts.rings + (parts.snapshot.map { $0.isAllocated ? $0.spares : [] } ?? [])
            do throws(Errno) {
                for ring in all { try ring.resize(pageSize: size) }
            } catch {
                // What was smaller before finds room.
                for ring in all { try? ring.resize(pageSize: before) }
                throw error
            }
            clear(parts, lane: nil)
        }
    }

    /// `buffer_percent`: how full a lane is to be before it is worth reading.
    public var bufferPercent: Int { bufferPercentage.load(ordering: .relaxed) }

    /// Sets `buffer_percent`.
    ///
    /// - Throws: `EINVAL` above 100, `ENODEV` where the instance is gone.
    public func setBufferPercent(_ percentage: UInt64) throws(Errno) {
        guard percentage <= 100 else { throw .invalidArgument }
        if isDead { throw .operationNotSupportedByDevice }
        bufferPercentage.store(Int(percentage), ordering: .relaxed)
        let rings = peek { $0?.rings ?? [] }
        for ring in rings { ring.waiting.fire() }
    }

    /// The clock when the buffers were last cleared as a whole, ns; 0 while they never were.
    public var startTime: UInt64 { peek { $0?.startTime ?? 0 } }

    /// Forgets the records of one lane or of all, and zeroes its counters.
    public func clear(lane: Int? = nil) {
        context.outside.deliver()
        peek { parts in
            if let parts { clear(parts, lane: lane) }
        }
    }

    private func clear(_ parts: InstanceParts, lane: Int?) {
        for ring in parts.rings(lane: lane) { ring.clear() }
        guard lane == nil else { return }
        // A counter counts records, and nobody's question.
        parts.startTime = parts.clock.name == "counter" ? 0 : parts.clock.now()
        // A snapshot may hold records of events that are disabled by now.
        guard let old = parts.recorded, parts.snapshot?.isAllocated != true else { return }
        let recorded = EventMask(capacity: old.capacity)
        if let mask = parts.gate?.mask { recorded.formUnion(mask) }
        parts.recorded = recorded
    }

    /// Clears everything if records of an event may be in it.
    func clear(ifRecorded event: TraceEvent) {
        peek { parts in
            guard let parts, let recorded = parts.recorded, recorded.contains(event.id) else { return }
            for spare in parts.snapshot?.spares ?? [] { spare.clear() }
            clear(parts, lane: nil)
        }
    }

    /// The counters of a lane, both sources together.
    public func statistics(lane: Int) -> RingBufferStatistics {
        context.outside.deliver()
        let now = clock.now()
        let rings = peek { $0.map { ($0.ring(lane: lane), $0.ring(lane: lane, source: .kernel)) } }
        guard let rings else {
            var statistics = RingBufferStatistics()
            statistics.nowTimestamp = now
            return statistics
        }
        return rings.0.statistics(now: now) + rings.1.statistics(now: now)
    }

    /// The clock of its records.
    public var clock: TraceClock { peek { $0?.clock } ?? context.clock }

    /// Sets the clock by its name, and clears the buffers: times of two clocks don't mix.
    ///
    /// - Throws: `EINVAL` where there is no clock of that name, `ENODEV` where the instance is gone.
    public func setClock(named name: String) throws(Errno) {
        let chosen = name == context.clock.name ? context.clock : TraceClock(named: name)
        guard let chosen else { throw .invalidArgument }
        context.outside.deliver()
        try withTouchedParts { parts throws(Errno) in
            set(chosen, of: parts)
        }
    }

    /// Sets the clock, and shows it to writers and triggers.
    func set(_ clock: TraceClock, of parts: InstanceParts) {
        parts.clock = clock
        if let mask = parts.gate?.mask { replaceGate(of: parts, mask: mask) }
        renewRules(of: parts)
        for spare in parts.snapshot?.spares ?? [] { spare.clear() }
        clear(parts, lane: nil)
    }
}
