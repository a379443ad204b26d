internal import Locking
internal import Synchronization
internal import SystemPackage

extension RingBuffer {
    /// Pages of the ring.
    var pageCount: Int { state.withLock { $0.pageCount } }

    /// Bytes of each.
    var pageSize: Int { state.withLock { $0.pageSize } }

    /// Bytes of records that were asked for last.
    var declaredBytes: Int { state.withLock { $0.declaredBytes } }

    /// Sets the number of pages; the newest that fit stay, the others are overrun.
    ///
    /// - Throws: `ENOMEM` where budget or system have none: nothing changes then. `ENODEV` once the instance is gone.
    ///   Costs a copy of what stays, under the lock.
    func resize(pageCount: Int) throws(Errno) {
        try state.withLock { state throws(Errno) in
            guard !state.isClosed else { throw .operationNotSupportedByDevice }
            if pageCount != state.pageCount {
                if state.isMapped { try state.move(toPages: pageCount) } else { state.pageCount = pageCount }
            }
            state.declaredBytes = pageCount * (state.pageSize - SubBuffer.headerSize)
        }
    }

    /// Sets the size of the pages, of which there are then as many as hold the same; everything is forgotten.
    ///
    /// - Parameter pageSize: bytes, a power of two from 4096 on.
    /// - Throws: as ``resize(pageCount:)``. The same size changes nothing.
    func resize(pageSize: Int) throws(Errno) {
        try state.withLock { state throws(Errno) in
            guard !state.isClosed else { throw .operationNotSupportedByDevice }
            if pageSize != state.pageSize { try state.repage(pageSize) }
        }
    }

    /// Takes over the geometry of another buffer, and its memory's being there; what does not fit is forgotten.
    ///
    /// - Throws: as ``resize(pageCount:)``.
    func match(_ other: RingBuffer) throws(Errno) {
        let (pageCount, pageSize, isMapped) = other.state.withLock { ($0.pageCount, $0.pageSize, $0.isMapped) }
        try resize(pageSize: pageSize)
        try resize(pageCount: pageCount)
        if isMapped { try map() }
    }
}

extension RingBuffer.State {
    fileprivate mutating func repage(_ newSize: Int) throws(Errno) {
        let newCount = RingBuffer.pageCount(bytes: pageCount * (pageSize - SubBuffer.headerSize), pageSize: newSize)
        if isMapped {
            let grown = RingBuffer.mappedBytes(pageCount: newCount, pageSize: newSize) - mappedBytes(pageCount)
            if grown > 0 { try budget.take(grown) }
            let fresh: BufferMemory
            do throws(Errno) {
                fresh = try BufferMemory(pageCount: newCount + 1, pageSize: newSize)
            } catch {
                if grown > 0 { budget.give(back: grown) }
                throw error
            }
            clear()
            memory = fresh
            if grown < 0 { budget.give(back: -grown) }
        } else {
            clear()
        }
        pageSize = newSize
        pageCount = newCount
        placeTail()
    }

    fileprivate mutating func move(toPages newCount: Int) throws(Errno) {
        // Old and new exist side by side while pages are copied, but only the larger is what the buffer may take.
        let grown = mappedBytes(newCount) - mappedBytes(pageCount)
        if grown > 0 { try budget.take(grown) }
        let fresh: BufferMemory
        do throws(Errno) {
            fresh = try BufferMemory(pageCount: newCount + 1, pageSize: pageSize)
        } catch {
            if grown > 0 { budget.give(back: grown) }
            throw error
        }
        while used > newCount { dropHead() }
        fresh.page(newCount).copy(from: reader)
        var number = head
        while number <= tail {
            fresh.page(Int(number % UInt64(newCount))).copy(from: page(number))
            number += 1
        }
        memory = fresh
        pageCount = newCount
        placeTail()
        if grown < 0 { budget.give(back: -grown) }
    }
}
