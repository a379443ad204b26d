internal import Synchronization
public import SystemPackage

extension TraceInstance {
    /// `tracing_cpumask`: the lanes that take records.
    public var tracedLanes: LaneMask { peek { $0?.traced } ?? LaneMask(all: lanes) }

    /// Sets which lanes take records; the others refuse markers, and drop events without counting them.
    ///
    /// - Throws: `ENODEV` where the instance is gone.
    public func setTracedLanes(_ mask: LaneMask) throws(Errno) {
        precondition(mask.count == lanes, "a mask of other lanes")
        context.outside.deliver()
        try withTouchedParts { parts throws(Errno) in
            parts.traced = mask
            pause(parts)
        }
    }

    /// Has recording pause while a reader with the option `pause-on-trace` reads; to be given back by
    /// ``endPause()``.
    ///
    /// - Returns: whether it pauses: not without the option.
    public func beginPause() -> Bool {
        guard options.has(.pauseOnTrace) else { return false }
        return peek { parts in
            guard let parts else { return false }
            parts.pauses += 1
            pause(parts)
            return true
        }
    }

    /// Gives a pause back.
    public func endPause() {
        peek { parts in
            guard let parts else { return }
            parts.pauses -= 1
            pause(parts)
        }
    }

    /// Tells the ring buffers whether they take records.
    private func pause(_ parts: InstanceParts) {
        for lane in 0..<lanes {
            for ring in parts.rings(lane: lane) { ring.setPaused(parts.pauses > 0 || !parts.traced.contains(lane)) }
        }
    }
}
