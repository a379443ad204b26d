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
            for ring in rings { ring.setSignal(signal) }
            return Array(rings)
        }
        context.outside.pipeOpened()
        return TracePipe(instance: self, lane: lane, rings: rings, signal: signal)
    }

    /// Lets another pipe be opened.
    func closePipe(lane: Int?) {
        peek { parts in
            guard let parts else { return }
            for ring in parts.rings(lane: lane) { ring.setSignal(nil) }
            if let lane { parts.lanePipes[lane] = nil } else { parts.pipe = nil }
        }
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
        if let lane { guard lane >= 0, lane < lanes else { throw .invalidArgument } }
        context.outside.deliver()
        let rings = try withParts { parts throws(Errno) in parts.map { Array($0.rings(lane: lane)) } ?? [] }
        return TraceCursor(rings: rings, firstLane: lane ?? 0, followsWriters: followsWriters)
    }

    /// The two numbers in the header of `trace`, of all lanes: what can be read, and that with what was overwritten.
    public var entryCounts: (inBuffer: UInt64, written: UInt64) {
        let rings = peek { $0?.rings ?? [] }
        var sum: (inBuffer: UInt64, written: UInt64) = (0, 0)
        for ring in rings {
            let counts = ring.entryCounts
            sum.inBuffer += counts.inBuffer
            sum.written += counts.written
        }
        return sum
    }
}
