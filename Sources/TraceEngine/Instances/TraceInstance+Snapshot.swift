public import SystemPackage

extension TraceInstance {
    /// Whether there is memory for a snapshot.
    public var hasSnapshot: Bool { peek { $0?.snapshot?.isAllocated ?? false } }

    /// Exchanges what the buffers hold with the snapshot, for which memory is allocated unless there is some.
    ///
    /// Writers go on meanwhile. What the snapshot held is in the buffers then, as in the kernel, unless it was cleared.
    ///
    /// - Parameter lane: which lane; nil for all.
    /// - Throws: `ENOMEM` where there is no room, and nothing changes; `EINVAL` where there is no such lane; `ENODEV`
    ///   where the instance is gone.
    public func takeSnapshot(lane: Int? = nil) throws(Errno) {
        if let lane { guard lane >= 0, lane < lanes else { throw .invalidArgument } }
        context.outside.deliver()
        try withTouchedParts { parts throws(Errno) in
            try parts.mapAll()
            let snapshot = makeSnapshot(of: parts)
            try snapshot.allocate()
            // A reader that has recording pause sees what there was when it began.
            if parts.pauses == 0 { snapshot.take(lane.map { (2 * $0)..<(2 * $0 + 2) }) }
        }
    }

    /// Forgets what the snapshot of one lane or of all holds; its memory stays.
    public func clearSnapshot(lane: Int? = nil) {
        peek { parts in
            guard let snapshot = parts?.snapshot else { return }
            for spare in snapshot.spares(lane: lane) { spare.clear() }
        }
    }

    /// Forgets the snapshot and gives its memory back.
    public func freeSnapshot() { peek { $0?.snapshot?.free() } }

    /// A reader of the snapshot that consumes nothing.
    ///
    /// - Parameter lane: a lane, or nil for all.
    /// - Returns: the reader, before the first record.
    /// - Throws: `EINVAL` where there is no such lane, `ENODEV` where the instance is gone.
    public func makeSnapshotCursor(lane: Int? = nil) throws(Errno) -> TraceCursor {
        try makeSnapshotExtent(lane: lane).makeCursor()
    }

    /// What the snapshot holds now, to be read more than once.
    ///
    /// - Parameter lane: a lane, or nil for all.
    /// - Returns: what can be read of it.
    /// - Throws: `EINVAL` where there is no such lane, `ENODEV` where the instance is gone.
    public func makeSnapshotExtent(lane: Int? = nil) throws(Errno) -> TraceExtent {
        TraceExtent(rings: try snapshotRings(lane: lane), firstLane: lane ?? 0)
    }

    /// The two numbers in the header of `snapshot`.
    public var snapshotEntryCounts: (inBuffer: UInt64, written: UInt64) {
        Self.counts(of: peek { $0?.snapshot?.spares ?? [] })
    }

    /// The buffers of a snapshot, of one lane or of all; none where there is none.
    func snapshotRings(lane: Int?) throws(Errno) -> [RingBuffer] {
        if let lane { guard lane >= 0, lane < lanes else { throw .invalidArgument } }
        return try withParts { parts throws(Errno) in
            parts?.snapshot.map { Array($0.spares(lane: lane)) } ?? []
        }
    }

    func makeSnapshot(of parts: InstanceParts) -> Snapshot {
        if let snapshot = parts.snapshot { return snapshot }
        let made = Snapshot(
            of: parts.rings, overwrites: options.has(.overwrite), tracing: tracing, budget: context.budget)
        parts.snapshot = made
        return made
    }
}
