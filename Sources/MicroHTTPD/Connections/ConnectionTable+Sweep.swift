import CMicroHTTPD
import Glibc
import Locking
import Synchronization

extension ConnectionTable {
    /// Cuts a connection whose client is gone, if it is still there: its server thread finds it closed.
    func cut(_ connection: Connection) {
        state.withLock { state in
            let slot = Int(connection.descriptor)
            guard state.slots.indices.contains(slot), state.slots[slot] === connection else { return }
            shutdown(connection.descriptor, Int32(SHUT_RDWR))
        }
    }

    /// Cuts the connections whose request takes too long, or on which none comes.
    ///
    /// No clock is read for a request: its thread counts on `progress`, and the sweep, which runs every
    /// ``ServerLimits/tickNanoseconds`` while there is anything to look at, notes when it saw the count move. So the cut
    /// comes up to two ticks late, never early. The first byte of a line is seen in what the kernel counted.
    ///
    /// - Parameters:
    ///   - now: nanoseconds of CLOCK_MONOTONIC.
    ///   - allowed: nanoseconds from the first byte to the last, and of idleness.
    /// - Returns: how many were cut.
    func sweep(now: UInt64, allowed: UInt64) -> Int {
        // Under the lock: a slot is freed before its socket is closed, so that no descriptor cut here is another's.
        state.withLock { state in
            var cut = 0
            for case let connection? in state.slots where !connection.isHeld.load(ordering: .relaxed) {
                if connection.isOverdue(now: now, allowed: allowed), !connection.wasCut {
                    connection.wasCut = true
                    shutdown(connection.descriptor, Int32(SHUT_RDWR))
                    cut += 1
                }
            }
            return cut
        }
    }
}

extension Connection {
    /// Notes how far it is. Under the table's lock.
    fileprivate func isOverdue(now: UInt64, allowed: UInt64) -> Bool {
        let progress = progress.load(ordering: .relaxed)
        if progress != sweptProgress {
            // The same request has its line now: it began when the first byte of the line was seen.
            let isSameRequest = progress == sweptProgress | Phase.receiving.rawValue && lineStartedAt != 0
            sweptAt = isSameRequest ? lineStartedAt : sweptProgress == .max ? sweptAt : now
            sweptProgress = progress
            lineStartedAt = 0
            if progress & 3 == Phase.waiting.rawValue { bytesWhenIdle = jitfs_bytes_received(descriptor) }
            // A connection that never sent anything counted none: what is there now came since.
            if requestCount == 0, progress == 0, bytesWhenIdle > 0 { lineStartedAt = now }
            return false
        }
        switch progress & 3 {
        case Phase.responding.rawValue: return false
        case Phase.waiting.rawValue where lineStartedAt == 0:
            if jitfs_bytes_received(descriptor) != bytesWhenIdle {
                lineStartedAt = now
                sweptAt = now
                return false
            }
        default: break
        }
        return now - sweptAt >= allowed
    }
}
