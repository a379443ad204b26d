import Synchronization

/// A connection in the hands of somebody who is not its server thread: he may look at it, and end it.
///
/// It says itself when it is over; nothing that is asked for then fails, and ending it once more does nothing.
public struct OpenConnection: Sendable {
    let connection: Connection
    let table: ConnectionTable

    /// 2 for the server's first; no other ever has it.
    public var number: UInt64 { connection.serial }

    /// Whether it is over: closed by either side, or told to end. One acquiring load.
    public var isClosed: Bool { connection.isClosed.load(ordering: .acquiring) }

    /// What is known about it at this moment.
    public var info: ConnectionInfo { ConnectionInfo(connection) }

    /// Has it end.
    ///
    /// - Parameter afterAnswer: whether the request that is being answered on it gets its answer first: for who ends his
    ///   own. Otherwise the socket is shut down at once: what is being sent breaks off, and so does a stream.
    public func close(afterAnswer: Bool) { table.end(connection, afterAnswer: afterAnswer) }

    /// Has something called once it is over, on any thread and under no lock; at once where it is.
    ///
    /// - Parameter wake: must be short.
    /// - Returns: what takes it back.
    public func whenClosed(_ wake: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        guard let id = table.observe(connection, wake) else {
            wake()
            return {}
        }
        return { [table, connection] in table.forget(id, of: connection) }
    }
}
