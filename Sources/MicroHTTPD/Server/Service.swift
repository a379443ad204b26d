import CMicroHTTPD
import Glibc
import HTTPGateway
import Locking
import Synchronization

/// A running server: what libmicrohttpd's callbacks are given.
///
/// Locks, none of which is ever held while another of ours is taken: the connection table's, the stream table's, a
/// stream's own (under which libmicrohttpd's lock is taken, to suspend), the watcher's mailbox, the workers' here.
final class Service: Sendable {
    let handler: any RequestHandler
    /// As it was started; how many connections there may be, its table knows.
    let limits: ServerLimits
    /// How many CPU lanes connections are spread over.
    let threads: Int
    let connections: ConnectionTable
    let streams = StreamTable()
    let watcher: Watcher
    /// Told after a connection came or went.
    let connectionsChanged: @Sendable () -> Void
    let refusals = Refusals()
    let accepted = Atomic<UInt64>(0)
    /// The threads met so far, by number.
    let workers = Locked<[Worker]>([])
    /// Where each thread finds its worker.
    private let key: pthread_key_t

    init(
        handler: any RequestHandler, limits: ServerLimits, bounds: ConnectionBounds, threads: Int,
        connectionsChanged: @escaping @Sendable () -> Void
    ) throws(StartFailure) {
        self.connectionsChanged = connectionsChanged
        self.handler = handler
        self.limits = limits
        self.threads = threads
        connections = ConnectionTable(threads: threads, bounds: bounds)
        watcher = try Watcher()
        var key = pthread_key_t()
        guard unsafe pthread_key_create(&key, nil) == 0 else {
            throw StartFailure(attempt: "start", reason: "no thread-specific key is left")
        }
        self.key = key
    }

    deinit { pthread_key_delete(key) }

    /// The calling thread's worker. Looked up once a connection.
    func workerOfThisThread() -> Worker {
        if let known = unsafe pthread_getspecific(key) {
            return unsafe Unmanaged<Worker>.fromOpaque(known).takeUnretainedValue()
        }
        let worker = workers.withLock { workers in
            let worker = Worker(lane: workers.count)
            workers.append(worker)
            return worker
        }
        // Kept alive by the list, which lives as long as the threads.
        unsafe pthread_setspecific(key, Unmanaged.passUnretained(worker).toOpaque())
        return worker
    }

    /// A copy of all counters.
    var counters: ServerCounters {
        var counters = ServerCounters()
        counters.connectionsAccepted = accepted.load(ordering: .relaxed)
        counters.connectionsOpen = connections.open
        counters.streamsOpen = streams.open
        counters.requests = workers.withLock { $0.reduce(0) { $0 &+ $1.requests.load(ordering: .relaxed) } }
        refusals.fill(&counters)
        return counters
    }
}
