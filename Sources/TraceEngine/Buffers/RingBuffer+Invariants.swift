internal import Locking
internal import Synchronization

extension RingBuffer {
    /// Checks that numbers, counters and the pages' own bytes agree; traps where they do not. Empty in release.
    func checkInvariants() {
        #if DEBUG
            state.withLock { $0.checkInvariants() }
        #endif
    }
}

#if DEBUG
    extension RingBuffer.State {
        fileprivate func checkInvariants() {
            precondition(head <= tail + 1 && used <= pageCount, "the ring holds more pages than it has")
            precondition(written >= overrun + consumed, "more records gone than written")
            precondition(accepts == (isMapped && !isPaused), "a writer is told what is not so")
            guard isMapped else { return precondition(entries == 0, "records without memory") }
            precondition(memory.pageSize == pageSize, "the pages have another size")
            precondition(memory.pageCount == pageCount + 1, "the mapping has another size")
            precondition(!writesReaderPage || tail == readerPage, "the writer is on no page")
            precondition(
                tailPlace == (writesReaderPage ? pageCount : Int(tail % UInt64(pageCount))), "the tail is misplaced")
            precondition(readerPage < head, "the reader page is in the ring")
            var records = 0
            var bytes = 0
            var number = head
            while number <= tail {
                records += parsed(page(number))
                bytes += page(number).used
                number += 1
            }
            var position = readerPosition
            while position.next(in: reader) != nil { records += 1 }
            bytes += reader.used - readerPosition.offset
            _ = parsed(reader)
            precondition(UInt64(records) == entries, "entries \(entries), records found \(records)")
            precondition(UInt64(bytes) == writtenBytes - consumedBytes, "bytes do not add up")
        }

        /// Parses a page from its start; every byte up to its end belongs to a record.
        private func parsed(_ page: SubBuffer) -> Int {
            var position = SubBufferPosition(startOf: page)
            var records = 0
            while position.next(in: page) != nil { records += 1 }
            precondition(position.offset == page.used, "a record crosses the page's end")
            precondition(records == page.entries, "the page counts \(page.entries), records found \(records)")
            return records
        }
    }
#endif
