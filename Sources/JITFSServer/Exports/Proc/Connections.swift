internal import HTTPGateway
internal import MicroHTTPD
internal import ProcFS

/// The server's connections, as the clients that procfs shows.
final class Connections: ClientTable {
    private let seen = Seen()

    /// Who has these clients in its tree, and so is found weakly.
    private final class Seen: @unchecked Sendable {
        // Sendable: written once, before the first walk can happen.
        weak var server: HTTPServer?
    }

    /// Says whose connections they are, once that is made.
    func see(_ server: HTTPServer) { seen.server = server }

    func client(_ number: UInt64) -> (any Client)? { seen.server?.connection(number).map { ConnectedClient($0) } }

    var clients: [any Client] { seen.server?.openConnections.map { ConnectedClient($0) } ?? [] }

    /// Connections whose request is being received or answered, streams left out.
    var busyCount: UInt64 { UInt64(seen.server?.requestsInProgress ?? 0) }

    /// Connections that were accepted, those that were one too many among them.
    var acceptedCount: UInt64 { seen.server?.counters.connectionsAccepted ?? 0 }
}

/// A connection, as procfs looks at it.
private struct ConnectedClient: Client {
    private let connection: OpenConnection

    init(_ connection: OpenConnection) { self.connection = connection }

    var number: UInt64 { connection.number }
    var isClosed: Bool { connection.isClosed }

    func close(afterAnswer: Bool) { connection.close(afterAnswer: afterAnswer) }

    func whenClosed(_ wake: @escaping @Sendable () -> Void) -> @Sendable () -> Void { connection.whenClosed(wake) }

    var report: ClientReport {
        let info = connection.info
        var report = ClientReport()
        if case .unix(let pid, let comm) = info.transport {
            report.transport = .unix
            report.process = (pid, comm)
        }
        report.address = info.address
        report.agent = info.agent
        report.ageNanoseconds = info.ageNanoseconds
        report.requests = info.requests
        report.receivedBytes = info.receivedBytes
        report.sentBytes = info.sentBytes
        report.streams = info.isHeld ? 1 : 0
        report.isRunning = info.isBusy
        report.path = String(decoding: info.target.prefix { $0 != 0x3F }, as: UTF8.self)
        return report
    }
}
