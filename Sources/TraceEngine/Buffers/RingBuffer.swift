internal import Locking
internal import Synchronization
internal import SystemPackage

/// A ring of pages that one CPU lane of one instance writes into, as the kernel's `ring_buffer_per_cpu`.
///
/// The pages are numbered in the order in which they are begun, and page `n` stands at place `n % pageCount`, so the
/// whole order is three numbers. Beside the ring there is the *reader page*: a consuming reader takes the oldest page
/// out of the ring into it, and what is there the writer cannot overwrite any more. Where the kernel swaps the two
/// pages, here 4 KiB are copied (80 ns for some hundred records), which saves a table of pages. A writer whose page
/// is taken goes on in the reader page until it is full, as in the kernel.
///
/// Any thread. The lock is the last of the order registry -> catalogue -> instance -> lane -> ring buffer; it protects
/// everything in ``State``, and no callback runs under it: a waiting reader is woken after it.
final class RingBuffer: Sendable {
    let state: Locked<State>

    /// A buffer without memory: it is mapped by the first ``map()``.
    ///
    /// - Parameters:
    ///   - pageCount: pages of the ring, at least 2.
    ///   - overwrites: whether new records replace the oldest ones once it is full.
    ///   - budget: what the mapping is counted in.
    init(pageCount: Int, overwrites: Bool, budget: BufferBudget) {
        state = Locked(State(pageCount: pageCount, overwrites: overwrites, budget: budget))
    }

    deinit {
        state.withLock { state in
            if state.isMapped { state.unmap() }
        }
    }

    /// How many pages hold `kilobytes`, by the kernel's rule.
    ///
    /// - Throws: `EINVAL` for 0, `ENOMEM` for what no memory could hold.
    static func pageCount(kilobytes: UInt64) throws(Errno) -> Int {
        guard kilobytes > 0 else { throw .invalidArgument }
        guard kilobytes < 1 << 40 else { throw .noMemory }
        return max(2, (Int(kilobytes) * 1024 + SubBuffer.dataSize - 1) / SubBuffer.dataSize)
    }

    /// What `buffer_size_kb` reads for so many pages.
    static func kilobytes(pageCount: Int) -> Int { pageCount * SubBuffer.dataSize / 1024 }

    /// Bytes that a ring of so many pages maps, its reader page included.
    static func mappedBytes(pageCount: Int) -> Int { (pageCount + 1) * SubBuffer.size }

    /// What the lock protects.
    struct State: ~Copyable, Sendable {
        /// The ring's pages and, behind them, the reader page; without pages until ``map()``.
        var memory = BufferMemory()
        /// Pages of the ring, mapped or to be mapped.
        var pageCount: Int
        /// Whether a full ring gives up its oldest page for new records.
        var overwrites: Bool
        let budget: BufferBudget
        /// Set for good when the instance goes: nothing is written or mapped any more.
        var isClosed = false

        /// Number of the oldest page in the ring.
        var head: UInt64 = 1
        /// Number of the page being written; `head - 1` while that is the reader page.
        var tail: UInt64 = 1
        /// Number of the page in the reader page; what it holds may be nothing.
        var readerPage: UInt64 = 0
        /// How far the reader page was consumed.
        var readerPosition = SubBufferPosition()

        /// Where the page being written stands in `memory`: kept, because a division takes longer than a record.
        var tailPlace = 0

        /// The time of the last record on the page being written.
        var lastTimestamp: UInt64 = 0
        /// The last time that came from the clock, as opposed to one that a client gave.
        var lastClock: UInt64 = 0
        /// What ``RingBufferStatistics/oldestTimestamp`` was before a clearing.
        var oldestBeforeClear: UInt64 = 0

        var written: UInt64 = 0
        var overrun: UInt64 = 0
        var dropped: UInt64 = 0
        var consumed: UInt64 = 0
        var writtenBytes: UInt64 = 0
        var consumedBytes: UInt64 = 0
        /// ``overrun`` when the reader last took a page.
        var overrunSeen: UInt64 = 0
        /// Records overwritten between the page the reader took last and the one before.
        var lost: UInt64 = 0
        /// Records that were lost before they came here, since the last clearing.
        var missed: UInt64 = 0
        /// Those of them that stood on pages that are gone, and were not told.
        var missedUntold: UInt64 = 0
        /// Who waits for a record.
        var signal: ReaderSignal?

        init(pageCount: Int, overwrites: Bool, budget: BufferBudget) {
            precondition(pageCount >= 2, "a ring has two pages at least")
            self.pageCount = pageCount
            self.overwrites = overwrites
            self.budget = budget
        }

        /// Whether there is memory.
        var isMapped: Bool { memory.pageCount > 0 }
        /// Pages of the ring in use, that being written included.
        var used: Int { Int(tail + 1 - head) }
        /// Records that can be read.
        var entries: UInt64 { written - overrun - consumed }
        /// Whether the writer goes on in the page that the reader took.
        var writesReaderPage: Bool { tail < head }

        /// The reader page.
        var reader: SubBuffer { memory.page(pageCount) }
        /// The ring's page of a number between ``head`` and ``tail``.
        func page(_ number: UInt64) -> SubBuffer { memory.page(Int(truncatingIfNeeded: number % UInt64(pageCount))) }
        /// The page being written.
        @inline(__always)
        var tailPage: SubBuffer { memory.page(tailPlace) }

        /// Finds ``tailPlace`` after a change of what it depends on.
        mutating func placeTail() {
            tailPlace = writesReaderPage ? pageCount : Int(truncatingIfNeeded: tail % UInt64(pageCount))
        }
    }
}

extension RingBuffer {
    /// Maps the memory unless it is.
    ///
    /// - Throws: `ENOMEM` where the budget or the system has none; `ENODEV` once the instance is gone. Nothing
    ///   changes then.
    func map() throws(Errno) {
        try state.withLock { state throws(Errno) in try state.map() }
    }

    /// Takes the memory away for good; later records are dropped without a count.
    func close() {
        state.withLock { state in
            state.isClosed = true
            if state.isMapped { state.unmap() }
            state.signal = nil
        }
    }

    /// Whether there is memory.
    var isMapped: Bool { state.withLock { $0.isMapped } }

    /// Takes the memory away from a buffer in which nothing was written, to undo a mapping.
    func unmapUntouched() {
        state.withLock { state in
            if state.isMapped && state.written == 0 { state.unmap() }
        }
    }

    /// Sets whether a full ring overwrites.
    func setOverwrites(_ overwrites: Bool) { state.withLock { $0.overwrites = overwrites } }

    /// Sets who is told of the next record, or nobody.
    func setSignal(_ signal: ReaderSignal?) { state.withLock { $0.signal = signal } }

    /// Forgets everything: all counters are 0, all memory is given back.
    func clear() { state.withLock { $0.clear() } }

    /// The counters.
    ///
    /// - Parameter now: what the instance's clock says.
    /// - Returns: all of them, at one moment.
    func statistics(now: UInt64) -> RingBufferStatistics {
        state.withLock { state in
            var statistics = RingBufferStatistics()
            statistics.entries = state.entries
            statistics.overrun = state.overrun + state.missed
            statistics.bytes = state.writtenBytes - state.consumedBytes
            statistics.oldestTimestamp = state.oldestTimestamp
            statistics.nowTimestamp = now
            statistics.droppedEvents = state.dropped
            statistics.readEvents = state.consumed
            return statistics
        }
    }
}

extension RingBuffer.State {
    mutating func map() throws(Errno) {
        guard !isClosed else { throw .operationNotSupportedByDevice }
        guard !isMapped else { return }
        let bytes = RingBuffer.mappedBytes(pageCount: pageCount)
        try budget.take(bytes)
        do throws(Errno) {
            memory = try BufferMemory(pageCount: pageCount + 1)
        } catch {
            budget.give(back: bytes)
            throw error
        }
        placeTail()
    }

    mutating func unmap() {
        budget.give(back: RingBuffer.mappedBytes(pageCount: pageCount))
        memory = BufferMemory()
        restart()
    }

    mutating func clear() {
        if isMapped {
            oldestBeforeClear = oldestTimestamp
            if written > 0 { memory.discard() }
        }
        restart()
        written = 0
        overrun = 0
        dropped = 0
        consumed = 0
        writtenBytes = 0
        consumedBytes = 0
        overrunSeen = 0
        lost = 0
        missed = 0
        missedUntold = 0
    }

    /// Begins a new page in an empty ring; numbers never go back, so that a cursor sees that its page is gone.
    private mutating func restart() {
        tail = max(head, tail) + 1
        head = tail
        readerPage = head - 1
        readerPosition = SubBufferPosition()
        placeTail()
    }

    var oldestTimestamp: UInt64 {
        guard isMapped else { return oldestBeforeClear }
        let oldest = writesReaderPage ? reader : page(head)
        return oldest.used > 0 ? oldest.timestamp : oldestBeforeClear
    }
}
