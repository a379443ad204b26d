public import SystemPackage

extension TraceInstance {
    /// `buffer_size_kb` of a lane: what its pages really hold, KiB.
    public func bufferKilobytes(lane: Int) -> Int {
        RingBuffer.kilobytes(pageCount: pageCount(lane: lane))
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

    private func pageCount(lane: Int) -> Int {
        peek { $0?.ring(lane: lane).pageCount }
            ?? (try? RingBuffer.pageCount(kilobytes: context.limits.bufferKilobytes)) ?? 2
    }

    /// Sets `buffer_size_kb` of one lane or of all; what fits stays.
    ///
    /// - Throws: `EINVAL` for 0, `ENOMEM` where there is no room: lanes before the one that failed have the new size
    ///   then, as in the kernel. `ENODEV` where the instance is gone.
    public func setBufferKilobytes(_ kilobytes: UInt64, lane: Int? = nil) throws(Errno) {
        let pages = try RingBuffer.pageCount(kilobytes: kilobytes)
        guard RingBuffer.mappedBytes(pageCount: pages) <= context.budget.limitBytes else {
            throw context.budget.refusal()
        }
        try withTouchedParts { parts throws(Errno) in
            for ring in parts.rings(lane: lane) { try ring.resize(pageCount: pages) }
        }
    }

    /// Forgets the records of one lane or of all, and zeroes its counters.
    public func clear(lane: Int? = nil) {
        context.outside.deliver()
        peek { parts in
            if let parts { clear(parts, lane: lane) }
        }
    }

    private func clear(_ parts: InstanceParts, lane: Int?) {
        for ring in parts.rings(lane: lane) { ring.clear() }
        guard lane == nil, let old = parts.recorded else { return }
        let recorded = EventMask(capacity: old.capacity)
        if let mask = parts.gate?.mask { recorded.formUnion(mask) }
        parts.recorded = recorded
    }

    /// Clears everything if records of an event may be in it.
    func clear(ifRecorded event: TraceEvent) {
        peek { parts in
            if let parts, let recorded = parts.recorded, recorded.contains(event.id) { clear(parts, lane: nil) }
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
            parts.clock = chosen
            if let mask = parts.gate?.mask { replaceGate(of: parts, mask: mask) }
            clear(parts, lane: nil)
        }
    }
}
