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
    /// ``ServerLimits/tickNanoseconds`` while a connection is active, notes when it saw the count move. So the cut
    /// comes up to two ticks late, never early. The first byte of a line is seen in what the kernel counted.
    ///
    /// A connection on which nothing moved for a whole tick is idle from then on: its descriptor is watched, and nobody
    /// looks at it again before its first byte or its deadline. The kernel counts no bytes of unix sockets: there a line
    /// that began before that begins, for us, with its next byte.
    ///
    /// - Parameters:
    ///   - now: nanoseconds of CLOCK_MONOTONIC.
    ///   - allowed: nanoseconds from the first byte to the last, and of idleness.
    ///   - watcher: what is asked to tell of the next byte.
    /// - Returns: how many were cut, and the nearest moment at which an idle one is due; `.max` where none is.
    func sweep(
        now: UInt64, allowed: UInt64, watcher: Watcher
    ) -> (cut: Int, idleDeadline: UInt64) {
        // Under the lock: a slot is freed before its socket is closed, so that no descriptor cut here is another's.
        state.withLock { state in
            var cut = 0
            var idleDeadline = UInt64.max
            for case let connection? in state.slots where !connection.isHeld.load(ordering: .relaxed) {
                if connection.wasCut {
                    setIdle(connection, true)
                    continue
                }
                switch connection.standing(now: now, allowed: allowed, watcher: watcher) {
                case .active:
                    setIdle(connection, false)
                    unwatch(connection, watcher)
                case .idle:
                    setIdle(connection, true)
                    idleDeadline = min(idleDeadline, connection.sweptAt + allowed)
                case .overdue:
                    connection.wasCut = true
                    setIdle(connection, true)
                    unwatch(connection, watcher)
                    shutdown(connection.descriptor, Int32(SHUT_RDWR))
                    cut += 1
                }
            }
            return (cut, idleDeadline)
        }
    }

    /// Notes the first byte that came to an idle connection, if that is what the watcher was told: a request begins now.
    ///
    /// - Parameters:
    ///   - descriptor: whose it is, unless meanwhile it is another's.
    ///   - serial: the last bits of the connection's.
    ///   - isReadable: whether there was something to read when the watcher was told.
    ///   - now: nanoseconds of CLOCK_MONOTONIC.
    ///   - watcher: who was told.
    func noteInput(descriptor: Int32, serial: UInt32, isReadable: Bool, now: UInt64, watcher: Watcher) {
        state.withLock { state in
            let slot = Int(descriptor)
            guard state.slots.indices.contains(slot), let connection = state.slots[slot],
                UInt32(truncatingIfNeeded: connection.serial) == serial,
                connection.isWatched, connection.isIdle, !connection.wasCut
            else { return }
            let isFirst = connection.isWatchNew
            connection.isWatchNew = false
            let bytes = jitfs_bytes_received(descriptor)
            // Where bytes are not counted, whatever comes after the answer to the watching itself counts as one.
            let hasCome =
                bytes != connection.bytesWhenIdle || bytes == 0 && (isReadable || !isFirst)
                || connection.progress.load(ordering: .relaxed) != connection.sweptProgress
            guard hasCome else { return }
            connection.lineStartedAt = now
            connection.sweptAt = now
            setIdle(connection, false)
            unwatch(connection, watcher)
        }
    }

    /// Under the lock; the connection is not held.
    private func unwatch(_ connection: Connection, _ watcher: Watcher) {
        guard connection.isWatched else { return }
        connection.isWatched = false
        watcher.unwatch(connection.descriptor)
    }

    /// Under the lock; the connection is not held.
    private func setIdle(_ connection: Connection, _ isIdle: Bool) {
        guard connection.isIdle != isIdle else { return }
        connection.isIdle = isIdle
        active.add(isIdle ? -1 : 1, ordering: .sequentiallyConsistent)
    }
}

/// What the sweep makes of a connection.
private enum Standing {
    /// It is looked at again at the next tick.
    case active
    /// It is left alone until its first byte or its deadline.
    case idle
    /// It is cut.
    case overdue
}

extension Connection {
    /// Notes how far it is. Under the table's lock.
    fileprivate func standing(now: UInt64, allowed: UInt64, watcher: Watcher) -> Standing {
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
            return .active
        }
        let blocks = bodyBlocks.load(ordering: .relaxed)
        if blocks != sweptBlocks {
            // A long body has its time by what comes of it, not as a whole.
            sweptBlocks = blocks
            sweptAt = now
            return .active
        }
        let isOverdue = now - sweptAt >= allowed
        switch progress & 3 {
        case Phase.responding.rawValue: return .active
        case Phase.waiting.rawValue where lineStartedAt == 0:
            if isIdle, !isOverdue { return .idle }
            // Watched first and counted then: a byte that was read before it was watched for is among the counted.
            if !isIdle, !isOverdue, !isWatched {
                isWatched = watcher.watch(self)
                isWatchNew = true
            }
            if jitfs_bytes_received(descriptor) != bytesWhenIdle {
                lineStartedAt = now
                sweptAt = now
                return .active
            }
            if isWatched, !isOverdue { return self.progress.load(ordering: .relaxed) == progress ? .idle : .active }
        default: break
        }
        return isOverdue ? .overdue : .active
    }
}
