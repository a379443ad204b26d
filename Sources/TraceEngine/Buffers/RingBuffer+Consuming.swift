internal import Bytes
internal import Locking
internal import Synchronization

extension RingBuffer {
    /// The record that would be consumed next.
    struct Pending {
        /// Its time.
        var timestamp: UInt64
        /// How many records were overwritten before it and not yet told.
        var lost: UInt64
    }

    /// Looks at the next record without consuming it; its page is safe from the writer from now on.
    func pending() -> Pending? {
        state.withLock { state in
            guard let (_, position) = state.nextRecord() else { return nil }
            return Pending(timestamp: position.timestamp, lost: state.lost)
        }
    }

    /// Takes the count of lost records, which is told once.
    func takeLost() -> UInt64 {
        state.withLock { state in
            defer { state.lost = 0 }
            return state.lost
        }
    }

    /// How many records were overwritten that no consuming reader was told of.
    var lostCount: UInt64 { state.withLock { $0.lost + $0.overrun - $0.overrunSeen } }

    /// Consumes the next record.
    ///
    /// - Parameter payload: takes its bytes, padded to four, instead of what it held.
    /// - Returns: its time, or nil where there is none.
    func consume(into payload: inout ByteBuffer) -> UInt64? {
        payload.removeAll()
        return state.withLock { state in
            guard let (range, position) = state.nextRecord() else { return nil }
            state.reader.append(range, to: &payload)
            state.moveReader(to: position)
            state.consumed += 1
            return position.timestamp
        }
    }

    /// Whether a record can be consumed.
    var hasPending: Bool { state.withLock { $0.entries > 0 } }
}

extension RingBuffer.State {
    /// Finds the next record on the reader page, and takes a page out of the ring where that one is read.
    mutating func nextRecord() -> (Range<Int>, SubBufferPosition)? {
        guard isMapped, entries > 0 else { return nil }
        while true {
            var position = readerPosition
            if let range = position.next(in: reader) { return (range, position) }
            moveReader(to: position)
            guard !writesReaderPage else { return nil }
            takePage()
        }
    }

    mutating func moveReader(to position: SubBufferPosition) {
        consumedBytes += UInt64(position.offset - readerPosition.offset)
        readerPosition = position
    }

    /// Copies the ring's oldest page into the reader page.
    private mutating func takePage() {
        reader.copy(from: page(head))
        readerPage = head
        head += 1
        placeTail()
        readerPosition = SubBufferPosition(startOf: reader)
        consumedBeforePage = consumed
        let untold = missedUntold + reader.missed
        if overrun != overrunSeen || untold > 0 {
            lost = overrun - overrunSeen + untold
            overrunSeen = overrun
            missedUntold = 0
        }
    }
}
