import Locking
import Synchronization

/// The open connections, by descriptor, and how many there are of each kind.
///
/// The lock is a leaf: nothing else of ours is locked and nothing is called back under it.
final class ConnectionTable: Sendable {
    struct State: Sendable {
        /// Indexed by descriptor; a slot is free before its socket is closed.
        var slots: [Connection?] = []
        /// The same by their numbers.
        var byNumber: [UInt64: Connection] = [:]
        /// Who is told of the end of a connection, by its number: only where somebody is.
        var observers: [UInt64: [(id: UInt64, wake: @Sendable () -> Void)]] = [:]
        var nextObserver: UInt64 = 0
        /// How many connections a source has, loopback and unix sockets left out.
        var sources: [PeerAddress.Source: Int] = [:]
        var open = 0
        var refused = 0
        /// How many descriptors have each remainder by the number of threads.
        var byThread: [Int]
    }

    let state: Locked<State>
    private let threads: Int
    /// Open connections that are not held by streams.
    let unheld = Atomic<Int>(0)
    /// Those of them that are not idle: while there are any, deadlines are looked at. Changed under the lock.
    let active = Atomic<Int>(0)

    /// An empty table, for a number of server threads.
    init(threads: Int, bounds: ConnectionBounds) {
        self.threads = threads
        self.bounds = bounds
        state = Locked(State(byThread: Array(repeating: 0, count: threads)))
    }

    /// How many connections each server thread has: libmicrohttpd shares them out by descriptor.
    var countsByThread: [Int] { state.withLock { $0.byThread } }

    /// How many there may be. Any thread; no lock.
    let bounds: ConnectionBounds

    /// Decides about a connection that was just accepted.
    ///
    /// - Returns: what is to happen to it, nil where it is closed without a word; and whether its source was too many.
    func verdict(
        from address: PeerAddress?
    ) -> (verdict: Connection.Verdict?, isAddressLimit: Bool) {
        let limits = bounds.limits
        return state.withLock { state in
            let perAddress = address.map { state.sources[$0.source] ?? 0 } ?? 0
            let isAddressLimit = perAddress >= limits.connectionsPerAddress
            let served = unheld.load(ordering: .relaxed) - state.refused
            if !isAddressLimit, served < limits.connections { return (.serve, false) }
            return (state.refused < limits.slack ? .refuse : nil, isAddressLimit)
        }
    }

    /// Enters a connection before its server thread knows of it.
    ///
    /// - Returns: one that was left in the slot: libmicrohttpd closed it without saying so.
    func insert(_ connection: Connection) -> Connection? {
        let slot = Int(connection.descriptor)
        let left = remove(slot, if: { _ in true })
        unheld.add(1, ordering: .relaxed)
        state.withLock { state in
            active.add(1, ordering: .sequentiallyConsistent)
            while state.slots.count <= slot { state.slots.append(nil) }
            state.slots[slot] = connection
            state.byNumber[connection.serial] = connection
            state.open += 1
            state.byThread[slot % threads] += 1
            if connection.verdict == .refuse { state.refused += 1 }
            if let source = connection.countedSource { state.sources[source, default: 0] += 1 }
        }
        return left
    }

    /// The connection on a descriptor.
    func connection(at descriptor: Int32) -> Connection? {
        state.withLock { state in
            let slot = Int(descriptor)
            return state.slots.indices.contains(slot) ? state.slots[slot] : nil
        }
    }

    /// Takes a connection out, before its socket is closed.
    func remove(_ connection: Connection) {
        _ = remove(Int(connection.descriptor)) { $0 === connection }
    }

    /// Takes out what is left once no server thread is: libmicrohttpd closes a connection that its thread never got to
    /// without saying so.
    func removeUnstarted() {
        for slot in 0..<state.withLock({ $0.slots.count }) { _ = remove(slot, if: { _ in true }) }
    }

    private func remove(_ slot: Int, if matches: (Connection) -> Bool) -> Connection? {
        let removed: (connection: Connection, observers: [@Sendable () -> Void])? = state.withLock { state in
            guard state.slots.indices.contains(slot), let connection = state.slots[slot], matches(connection) else {
                return nil
            }
            state.slots[slot] = nil
            state.byNumber[connection.serial] = nil
            connection.isClosed.store(true, ordering: .releasing)
            if !connection.isHeld.load(ordering: .relaxed) {
                unheld.subtract(1, ordering: .relaxed)
                if !connection.isIdle { active.subtract(1, ordering: .sequentiallyConsistent) }
            }
            state.open -= 1
            state.byThread[slot % threads] -= 1
            if connection.verdict == .refuse { state.refused -= 1 }
            if let source = connection.countedSource {
                let left = (state.sources[source] ?? 1) - 1
                state.sources[source] = left > 0 ? left : nil
            }
            return (connection, state.takeObservers(of: connection))
        }
        guard let removed else { return nil }
        for wake in removed.observers { wake() }
        return removed.connection
    }

    /// Gives a connection to a stream. Its server thread only.
    func hold(_ connection: Connection) {
        // Under the lock: the sweep does not watch a descriptor that is a stream's.
        state.withLock { _ in
            connection.isHeld.store(true, ordering: .relaxed)
            unheld.subtract(1, ordering: .relaxed)
            if !connection.isIdle { active.subtract(1, ordering: .sequentiallyConsistent) }
            connection.isIdle = false
            connection.isWatched = false
        }
    }

    /// Takes a connection back from a stream. Its server thread only.
    func release(_ connection: Connection) {
        state.withLock { _ in
            connection.isHeld.store(false, ordering: .relaxed)
            unheld.add(1, ordering: .relaxed)
            active.add(1, ordering: .sequentiallyConsistent)
        }
    }

    /// Requests that are not answered yet, streams left out.
    var inProgress: Int {
        state.withLock { state in
            state.slots.count { connection in
                guard let connection, !connection.isHeld.load(ordering: .relaxed) else { return false }
                return connection.progress.load(ordering: .relaxed) & 3 != Connection.Phase.waiting.rawValue
            }
        }
    }

    /// How many are open.
    var open: Int { state.withLock { $0.open } }

    /// What is known about each.
    var all: [ConnectionInfo] {
        let connections = state.withLock { $0.slots.compactMap { $0 } }
        return connections.map { ConnectionInfo($0) }
    }

    /// Whether the counts agree with the slots.
    func checkInvariants() {
        state.withLock { state in
            let connections = state.slots.compactMap { $0 }
            assert(state.byNumber.count == connections.count)
            assert(connections.allSatisfy { state.byNumber[$0.serial] === $0 })
            assert(state.observers.keys.allSatisfy { state.byNumber[$0] != nil })
            assert(state.open == connections.count && state.open == state.byThread.reduce(0, +))
            let unheldNow = connections.filter { !$0.isHeld.load(ordering: .relaxed) }
            assert(unheld.load(ordering: .relaxed) == unheldNow.count)
            assert(active.load(ordering: .relaxed) == unheldNow.count { !$0.isIdle })
            assert(state.refused == connections.count { $0.verdict == .refuse })
            assert(state.sources.values.reduce(0, +) == connections.count { $0.countedSource != nil })
        }
    }
}

extension Connection {
    /// Under what it is counted for the limit on one address; nil where it is free.
    var countedSource: PeerAddress.Source? {
        guard let address, !address.isLoopback else { return nil }
        return address.source
    }
}
