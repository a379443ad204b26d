public import SystemPackage

extension TraceInstance {
    /// Opens a consuming reader of all lanes or of one.
    ///
    /// - Throws: `EBUSY` while there is another of the same lane, or one of all beside one of a lane; `EINVAL` where
    ///   there is no such lane; `ENODEV` where the instance is gone.
    public func openPipe(lane: Int? = nil) throws(Errno) -> TracePipe {
        if let lane { guard lane >= 0, lane < lanes else { throw .invalidArgument } }
        context.outside.deliver()
        let signal = ReaderSignal()
        let rings = try withTouchedParts { parts throws(Errno) in
            guard parts.pipe == nil else { throw .resourceBusy }
            if let lane {
                guard parts.lanePipes[lane] == nil else { throw .resourceBusy }
                parts.lanePipes[lane] = signal
            } else {
                guard parts.lanePipes.isEmpty else { throw .resourceBusy }
                parts.pipe = signal
            }
            let rings = parts.rings(lane: lane)
            for ring in rings { ring.waiting.add(signal) }
            return Array(rings)
        }
        context.outside.pipeOpened()
        return TracePipe(instance: self, lane: lane, rings: rings, signal: signal)
    }

    /// Lets another pipe be opened.
    func closePipe(lane: Int?) {
        peek { parts in
            guard let parts else { return }
            if let lane { parts.lanePipes[lane] = nil } else { parts.pipe = nil }
        }
        context.outside.pipeClosed()
    }

    /// Opens a reader that consumes one lane in sub-buffers.
    ///
    /// - Parameters:
    ///   - lane: which.
    ///   - ofSnapshot: whether it is the snapshot that is read.
    /// - Returns: the reader.
    /// - Throws: `EINVAL` where there is no such lane, `ENODEV` where the instance is gone.
    public func openSubBufferPipe(lane: Int, ofSnapshot: Bool = false) throws(Errno) -> SubBufferPipe {
        let signal = ReaderSignal()
        let rings = try watchedRings(lane: lane, ofSnapshot: ofSnapshot, by: signal)
        return SubBufferPipe(instance: self, rings: rings, signal: signal)
    }

    /// Looks whether all lanes or one are worth reading.
    ///
    /// - Throws: as ``openSubBufferPipe(lane:ofSnapshot:)``.
    public func watchReading(lane: Int? = nil) throws(Errno) -> ReadWatch {
        let signal = ReaderSignal()
        let rings = try watchedRings(lane: lane, ofSnapshot: false, by: signal)
        return ReadWatch(instance: self, rings: rings, isWhole: lane == nil, signal: signal)
    }

    private func watchedRings(
        lane: Int?, ofSnapshot: Bool, by signal: ReaderSignal
    ) throws(Errno) -> [RingBuffer] {
        if let lane { guard lane >= 0, lane < lanes else { throw .invalidArgument } }
        context.outside.deliver()
        let rings = try withTouchedParts { parts throws(Errno) in
            parts.readers.append(signal)
            guard ofSnapshot, let lane else { return Array(parts.rings(lane: lane)) }
            return Array(makeSnapshot(of: parts).spares(lane: lane))
        }
        context.outside.pipeOpened()
        return rings
    }

    /// Forgets a reader that is closed.
    func forget(_ signal: ReaderSignal) {
        peek { parts in parts?.readers.removeAll { $0 === signal } }
        context.outside.pipeClosed()
    }

    /// A reader of all lanes or of one that consumes nothing.
    ///
    /// - Parameters:
    ///   - lane: a lane, or nil for all.
    ///   - followsWriters: whether records that are written from now on are read too. Without, reading ends however
    ///     fast they write.
    /// - Returns: the reader, before the first record.
    /// - Throws: `EINVAL` where there is no such lane, `ENODEV` where the instance is gone.
    public func makeCursor(lane: Int? = nil, followsWriters: Bool = false) throws(Errno) -> TraceCursor {
        if !followsWriters { return try makeExtent(lane: lane).makeCursor() }
        return TraceCursor(rings: try rings(lane: lane), firstLane: lane ?? 0)
    }

    /// How far the buffers of all lanes or of one are written now, to be read more than once.
    ///
    /// - Parameter lane: a lane, or nil for all.
    /// - Returns: what can be read of it.
    /// - Throws: `EINVAL` where there is no such lane, `ENODEV` where the instance is gone.
    public func makeExtent(lane: Int? = nil) throws(Errno) -> TraceExtent {
        TraceExtent(rings: try rings(lane: lane), firstLane: lane ?? 0)
    }

    /// The buffers; none of an instance that nobody touched.
    private func rings(lane: Int?) throws(Errno) -> [RingBuffer] {
        if let lane { guard lane >= 0, lane < lanes else { throw .invalidArgument } }
        context.outside.deliver()
        return try withParts { parts throws(Errno) in parts.map { Array($0.rings(lane: lane)) } ?? [] }
    }

    /// The two numbers in the header of `trace`, of all lanes: what can be read, and that with what was overwritten.
    public var entryCounts: (inBuffer: UInt64, written: UInt64) {
        Self.counts(of: peek { $0?.rings ?? [] })
    }

    static func counts(of rings: [RingBuffer]) -> (inBuffer: UInt64, written: UInt64) {
        var sum: (inBuffer: UInt64, written: UInt64) = (0, 0)
        for ring in rings {
            let counts = ring.entryCounts
            sum.inBuffer += counts.inBuffer
            sum.written += counts.written
        }
        return sum
    }
}
