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
    /// Who waits for a record.
    let waiting = WaitingReaders()

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
    static func pageCount(kilobytes: UInt64, pageSize: Int = SubBuffer.defaultSize) throws(Errno) -> Int {
        guard kilobytes > 0 else { throw .invalidArgument }
        guard kilobytes < 1 << 40 else { throw .noMemory }
        return pageCount(bytes: Int(kilobytes) * 1024, pageSize: pageSize)
    }

    /// How many pages hold so many bytes of records; at least two.
    static func pageCount(bytes: Int, pageSize: Int) -> Int {
        let dataSize = pageSize - SubBuffer.headerSize
        return max(2, (bytes + dataSize - 1) / dataSize)
    }

    /// What `buffer_size_kb` reads after so many pages were asked for.
    static func kilobytes(pageCount: Int, pageSize: Int = SubBuffer.defaultSize) -> Int {
        pageCount * (pageSize - SubBuffer.headerSize) / 1024
    }

    /// Bytes that a ring of so many pages maps, its reader page included.
    static func mappedBytes(pageCount: Int, pageSize: Int = SubBuffer.defaultSize) -> Int {
        (pageCount + 1) * pageSize
    }

    /// What the lock protects.
    struct State: ~Copyable, Sendable {
        /// The ring's pages and, behind them, the reader page; without pages until ``map()``.
        var memory = BufferMemory()
        /// Pages of the ring, mapped or to be mapped.
        var pageCount: Int
        /// Bytes of each.
        var pageSize = SubBuffer.defaultSize
        /// Bytes of records that were asked for last: what `buffer_size_kb` shows, whatever another size of pages
        /// made of it.
        var declaredBytes: Int
        /// Whether a full ring gives up its oldest page for new records.
        var overwrites: Bool
        let budget: BufferBudget
        /// Set for good when the instance goes: nothing is written or mapped any more.
        var isClosed = false
        /// Whether records are refused for now: the lane is not in `tracing_cpumask`, or a reader has recording pause.
        var isPaused = false
        /// Whether a record is taken at all: what a writer looks at first.
        var accepts = false

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
        /// ``consumed`` when the reader last took a page.
        var consumedBeforePage: UInt64 = 0
        /// ``overrun`` when the reader last took a page.
        var overrunSeen: UInt64 = 0
        /// Records overwritten between the page the reader took last and the one before.
        var lost: UInt64 = 0
        /// Records that were lost before they came here, since the last clearing.
        var missed: UInt64 = 0
        /// Those of them that stood on pages that are gone, and were not told.
        var missedUntold: UInt64 = 0

        init(pageCount: Int, overwrites: Bool, budget: BufferBudget) {
            precondition(pageCount >= 2, "a ring has two pages at least")
            self.pageCount = pageCount
            declaredBytes = pageCount * (SubBuffer.defaultSize - SubBuffer.headerSize)
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

        /// Bytes that a ring of so many pages of this size maps.
        func mappedBytes(_ pageCount: Int) -> Int {
            RingBuffer.mappedBytes(pageCount: pageCount, pageSize: pageSize)
        }

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
        }
    }

    /// Whether there is memory.
    var isMapped: Bool { state.withLock { $0.isMapped } }

    /// Takes the memory away, with what is in it.
    func unmap() {
        state.withLock { state in
            state.clear()
            if state.isMapped { state.unmap() }
        }
    }

    /// Takes the memory away from a buffer in which nothing was written, to undo a mapping.
    func unmapUntouched() {
        state.withLock { state in
            if state.isMapped && state.written == 0 { state.unmap() }
        }
    }

    /// Sets whether a full ring overwrites.
    func setOverwrites(_ overwrites: Bool) { state.withLock { $0.overwrites = overwrites } }

    /// Sets whether records are refused for now.
    func setPaused(_ isPaused: Bool) {
        state.withLock { state in
            state.isPaused = isPaused
            state.findAccepts()
        }
    }

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
        let bytes = mappedBytes(pageCount)
        try budget.take(bytes)
        do throws(Errno) {
            memory = try BufferMemory(pageCount: pageCount + 1, pageSize: pageSize)
        } catch {
            budget.give(back: bytes)
            throw error
        }
        placeTail()
        findAccepts()
    }

    /// Finds ``accepts`` after a change of what it depends on.
    mutating func findAccepts() { accepts = isMapped && !isPaused }

    mutating func unmap() {
        budget.give(back: mappedBytes(pageCount))
        memory = BufferMemory()
        restart()
        findAccepts()
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
        consumedBeforePage = 0
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
