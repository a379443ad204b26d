import Glibc
import Locking
import Synchronization

/// Connections in the hands of others than their server threads.
extension ConnectionTable {
    /// The connection of a number; nil where it is over.
    func connection(numbered number: UInt64) -> OpenConnection? {
        guard let found = state.withLock({ $0.byNumber[number] }), !found.isClosed.load(ordering: .relaxed) else {
            return nil
        }
        return OpenConnection(connection: found, table: self)
    }

    /// Those that are not over, in no order.
    var openConnections: [OpenConnection] {
        let all = state.withLock { Array($0.byNumber.values) }
        return all.compactMap { connection in
            connection.isClosed.load(ordering: .relaxed) ? nil : OpenConnection(connection: connection, table: self)
        }
    }

    /// Takes a connection for over, and ends it: at once, or with the answer that is being made on it.
    func end(_ connection: Connection, afterAnswer: Bool) {
        let observers: [@Sendable () -> Void] = state.withLock { state in
            guard state.byNumber[connection.serial] === connection else { return [] }
            connection.isClosed.store(true, ordering: .releasing)
            // Under the lock: a slot is freed before its socket is closed, so that no descriptor cut here is another's.
            // A stream's is watched for its client's going, and ends by that.
            if !afterAnswer { shutdown(connection.descriptor, Int32(SHUT_RDWR)) }
            return state.takeObservers(of: connection)
        }
        for wake in observers { wake() }
    }

    /// Enters who is to be told of a connection's end.
    ///
    /// - Returns: his number; nil where it is over.
    func observe(_ connection: Connection, _ wake: @escaping @Sendable () -> Void) -> UInt64? {
        state.withLock { state in
            guard !connection.isClosed.load(ordering: .relaxed), state.byNumber[connection.serial] === connection else {
                return nil
            }
            state.nextObserver += 1
            state.observers[connection.serial, default: []].append((state.nextObserver, wake))
            return state.nextObserver
        }
    }

    /// Takes out who was to be told.
    func forget(_ observer: UInt64, of connection: Connection) {
        state.withLock { state in
            guard var list = state.observers.removeValue(forKey: connection.serial) else { return }
            list.removeAll { $0.id == observer }
            if !list.isEmpty { state.observers[connection.serial] = list }
        }
    }
}

extension ConnectionTable.State {
    /// Takes out those who are told of a connection's end, to be called without the lock.
    mutating func takeObservers(of connection: Connection) -> [@Sendable () -> Void] {
        observers.removeValue(forKey: connection.serial)?.map(\.wake) ?? []
    }
}
