internal import Locking
internal import Synchronization
internal import SystemPackage

extension RingBuffer {
    /// Pages of the ring.
    var pageCount: Int { state.withLock { $0.pageCount } }

    /// Bytes of each.
    var pageSize: Int { state.withLock { $0.pageSize } }

    /// Sets the number of pages; the newest that fit stay, the others are overrun.
    ///
    /// - Throws: `ENOMEM` where budget or system have none: nothing changes then. `ENODEV` once the instance is gone.
    ///   Costs a copy of what stays, under the lock.
    func resize(pageCount: Int) throws(Errno) {
        try state.withLock { state throws(Errno) in
            guard !state.isClosed else { throw .operationNotSupportedByDevice }
            guard pageCount != state.pageCount else { return }
            if state.isMapped { try state.move(toPages: pageCount) } else { state.pageCount = pageCount }
        }
    }
}

extension RingBuffer.State {
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
