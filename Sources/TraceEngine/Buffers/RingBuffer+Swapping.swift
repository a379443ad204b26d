internal import Locking
internal import Synchronization

extension RingBuffer {
    /// Gives its pages and counters to another buffer, and takes that one's: a snapshot.
    ///
    /// Writers, readers and whoever waits stay with their buffer. Numbers of pages go on in both, so that a cursor sees
    /// that its page is gone. Costs two locks and some hundred bytes, however much is in them. Locks this one first,
    /// `spare` second: a buffer is always on the same side.
    ///
    /// - Parameter spare: the buffer that keeps the snapshot.
    /// - Returns: false where `spare` has no memory and this one has: nothing is exchanged then.
    @discardableResult
    func exchange(with spare: RingBuffer) -> Bool {
        state.withLock { mine in
            spare.state.withLock { other in
                guard other.isMapped || !mine.isMapped else { return false }
                mine.exchange(with: &other)
                return true
            }
        }
    }
}

extension RingBuffer.State {
    fileprivate mutating func exchange(with other: inout Self) {
        let numbers = (mine: max(tail, readerPage), other: max(other.tail, other.readerPage))
        swap(&memory, &other.memory)
        swap(&pageCount, &other.pageCount)
        swap(&pageSize, &other.pageSize)
        swap(&declaredBytes, &other.declaredBytes)
        swap(&head, &other.head)
        swap(&tail, &other.tail)
        swap(&readerPage, &other.readerPage)
        swap(&readerPosition, &other.readerPosition)
        swap(&lastTimestamp, &other.lastTimestamp)
        swap(&oldestBeforeClear, &other.oldestBeforeClear)
        swap(&written, &other.written)
        swap(&overrun, &other.overrun)
        swap(&dropped, &other.dropped)
        swap(&consumed, &other.consumed)
        swap(&writtenBytes, &other.writtenBytes)
        swap(&consumedBytes, &other.consumedBytes)
        swap(&consumedBeforePage, &other.consumedBeforePage)
        swap(&overrunSeen, &other.overrunSeen)
        swap(&lost, &other.lost)
        swap(&missed, &other.missed)
        swap(&missedUntold, &other.missedUntold)
        renumber(above: numbers.mine)
        other.renumber(above: numbers.other)
        findAccepts()
        other.findAccepts()
    }

    /// Numbers the pages on, each keeping its place.
    private mutating func renumber(above last: UInt64) {
        if readerPage <= last {
            let shift = ((last - readerPage) / UInt64(pageCount) + 1) * UInt64(pageCount)
            head += shift
            tail += shift
            readerPage += shift
        }
        placeTail()
    }
}
