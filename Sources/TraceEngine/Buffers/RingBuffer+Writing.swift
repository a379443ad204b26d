internal import Locking
internal import Synchronization

extension RingBuffer {
    /// What became of a record.
    enum WriteOutcome { case written, dropped }

    /// Writes one record and wakes the reader that waits for it.
    ///
    /// - Parameters:
    ///   - timestamp: ns of the instance's clock.
    ///   - isGiven: whether a client chose the time. A time from the clock that is earlier than the clock's last on
    ///     this lane (another thread read the clock later and came first) counts as that last; a given one is kept.
    ///   - common: the eight bytes of the common header.
    ///   - payload: 8…4072 bytes, whose first eight are replaced by `common`.
    /// - Returns: `dropped` where the ring is full and must not overwrite, has no memory, or is paused.
    @inline(__always)
    func write(timestamp: UInt64, isGiven: Bool, common: UInt64, payload: Span<UInt8>) -> WriteOutcome {
        let (outcome, waiting) = writeQuietly(
            timestamp: timestamp, isGiven: isGiven, common: common, payload: payload)
        if let waiting { waiting.fire() }
        return outcome
    }

    /// Writes one record as ``write(timestamp:isGiven:common:payload:)`` does, and leaves it to the caller, who holds a
    /// lock, to wake the reader after it.
    @inline(__always)
    func writeQuietly(
        timestamp: UInt64, isGiven: Bool, common: UInt64, payload: Span<UInt8>
    ) -> (outcome: WriteOutcome, waiting: WaitingReaders?) {
        state.withLock { state in
            let outcome = state.write(timestamp: timestamp, isGiven: isGiven, common: common, payload: payload)
            return (outcome, waiting.isArmed ? waiting : nil)
        }
    }
}

extension RingBuffer {
    /// Writes those of a run of records that are wanted, under one lock.
    ///
    /// - Parameters:
    ///   - records: the run.
    ///   - bytes: what it stands in.
    ///   - now: the time of those that have none.
    ///   - mask: which events are wanted.
    /// - Returns: the reader that waits, to be woken once no lock is held.
    func writeQuietly(
        _ records: Span<RunRecord>, of bytes: Span<UInt8>, now: UInt64, wanting mask: EventMask
    ) -> WaitingReaders? {
        state.withLock { state in
            for index in records.indices {
                let record = records[index]
                guard mask.contains(record.event) else { continue }
                _ = state.write(
                    timestamp: record.isTimed ? record.timestamp : now, isGiven: record.isTimed,
                    common: CommonHeader.of(record.event, pid: record.pid),
                    payload: bytes.extracting(record.start..<(record.start + record.count)))
            }
            return waiting.isArmed ? waiting : nil
        }
    }
}

extension RingBuffer {
    /// Says that records were lost before the next one, before they came here.
    func miss(_ count: UInt64) { state.withLock { $0.miss(count) } }
}

extension RingBuffer.State {
    @inline(__always)
    mutating func write(
        timestamp: UInt64, isGiven: Bool, common: UInt64, payload: Span<UInt8>
    ) -> RingBuffer.WriteOutcome {
        guard accepts else { return .dropped }
        var time = timestamp
        if !isGiven {
            time = max(time, lastClock)
            lastClock = time
        }
        let size = RecordStamp.recordSize(payload.count)
        var page = tailPage
        var stamp = RecordStamp.delta(0)
        if page.used > 0 {
            if let told = RecordStamp(time, after: lastTimestamp),
                page.used + told.size + size <= page.dataSize
            {
                stamp = told
            } else {
                guard beginPage() else {
                    dropped += 1
                    return .dropped
                }
                page = tailPage
            }
        }
        if page.used == 0 { page.timestamp = time }
        page.append(stamp: stamp, common: common, payload: payload)
        lastTimestamp = time
        written += 1
        writtenBytes += UInt64(size + stamp.size)
        return .written
    }

    /// Says that records were lost before the next one, elsewhere: the next one begins a page that tells it.
    mutating func miss(_ count: UInt64) {
        guard isMapped else { return }
        missed += count
        // A full buffer that must not overwrite takes no record either that it could stand before.
        if tailPage.used > 0, !beginPage() { return }
        tailPage.miss(count)
    }

    /// Ends the page being written and begins the next, for which a full ring gives up its oldest.
    ///
    /// - Returns: false where it must not.
    private mutating func beginPage() -> Bool {
        writtenBytes += UInt64(tailPage.pad())
        if used == pageCount {
            guard overwrites else { return false }
            dropHead()
        }
        tail += 1
        placeTail()
        tailPage.reset()
        return true
    }

    /// Gives the ring's oldest page up; its records are overrun.
    mutating func dropHead() {
        let oldest = page(head)
        overrun += UInt64(oldest.entries)
        missedUntold += oldest.missed
        consumedBytes += UInt64(oldest.used)
        head += 1
    }
}
