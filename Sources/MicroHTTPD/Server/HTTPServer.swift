import CMicroHTTPD
import Glibc
public import HTTPGateway
import Locking
import Synchronization

/// An HTTP/1.1 server on libmicrohttpd, which hands every request to a ``RequestHandler``.
///
/// ```swift
/// let server = HTTPServer(.init(listeners: [.tcp(address: "127.0.0.1", port: 0)], handler: gateway))
/// try server.start()
/// print(server.boundAddresses)        // [127.0.0.1:40123]
/// server.stop(graceSeconds: 5)
/// ```
///
/// Handlers are called on the server's own threads, several at a time, and answer before they return. Endless replies are
/// streams: they cost no thread, and with nothing to send they wake nobody. An idle server does not wake up.
public final class HTTPServer: Sendable {
    /// How a server is to be.
    public struct Configuration: Sendable {
        /// Where connections are taken.
        public var listeners: [Listener]
        /// Server threads, which are also the lanes and CPUs that peers are given.
        public var threads: Int
        /// What it bears.
        public var limits: ServerLimits
        /// What answers.
        public var handler: any RequestHandler
        /// Called after a connection was taken or closed: on a thread of the server's, under no lock; it must be short.
        public var connectionsChanged: @Sendable () -> Void = {}

        /// Describes a server; without a number of threads it has one a core.
        public init(
            listeners: [Listener], threads: Int? = nil, limits: ServerLimits = ServerLimits(),
            handler: any RequestHandler
        ) {
            self.listeners = listeners
            self.threads = max(threads ?? Self.coreCount, 1)
            self.limits = limits
            self.handler = handler
        }

        /// Cores that are online.
        public static var coreCount: Int { max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1) }
    }

    private struct Running: Sendable {
        let service: Service
        let daemon: Daemon
        let watcher: SystemThread
        let addresses: [BoundAddress]
        var isStopping = false
    }

    /// How it was configured.
    public let configuration: Configuration
    /// What runs. Not held while stopping: answers under way may ask for the counters.
    private let running = Locked<Running?>(nil)
    private let noted = Locked<[String]>([])
    private let bounds: ConnectionBounds

    /// Makes a server; nothing is opened yet.
    public init(_ configuration: Configuration) {
        self.configuration = configuration
        bounds = ConnectionBounds(configuration.limits)
    }

    /// Opens the listeners and starts the threads.
    ///
    /// - Throws: ``StartFailure`` naming the listener that could not be opened; then nothing is left open.
    public func start() throws(StartFailure) {
        let limits = configuration.limits
        checkOpenFiles(limits)
        let result: Result<Void, StartFailure> = running.withLock { running in
            guard running == nil else {
                return .failure(StartFailure(attempt: "start", reason: "it runs already"))
            }
            do throws(StartFailure) {
                running = try Self.start(configuration, bounds)
                return .success(())
            } catch {
                return .failure(error)
            }
        }
        try result.get()
    }

    private static func start(
        _ configuration: Configuration, _ bounds: ConnectionBounds
    ) throws(StartFailure) -> Running {
        var listeners: [ListeningSocket] = []
        do throws(StartFailure) {
            for listener in configuration.listeners { listeners.append(try ListeningSocket(listener, backlog: 4096)) }
            let service = try Service(
                handler: configuration.handler, limits: configuration.limits, bounds: bounds,
                threads: configuration.threads, connectionsChanged: configuration.connectionsChanged)
            let daemon = try Daemon(service)
            do throws(StartFailure) {
                let watcher = try WatcherLoop.start(service: service, daemon: daemon, listeners: listeners)
                return Running(
                    service: service, daemon: daemon, watcher: watcher, addresses: listeners.map(\.address))
            } catch {
                daemon.stop()
                throw error
            }
        } catch {
            for listener in listeners { listener.close() }
            throw error
        }
    }

    /// Ends everything: no connection is taken any more, streams end, answers under way have some time, then all is closed.
    ///
    /// Returns when no thread of the server is left; then no handler is called any more, and every stream was closed.
    /// Not to be called by a handler. Where it is stopping or stopped already, it returns at once.
    ///
    /// - Parameter graceSeconds: how long streams and answers that are not done may take.
    public func stop(graceSeconds: Double) {
        let now: Running? = running.withLock { running in
            guard let now = running, !now.isStopping else { return nil }
            running?.isStopping = true
            return now
        }
        guard let now else { return }
        Self.stop(now, until: MonotonicTime.now + UInt64(max(graceSeconds, 0) * 1e9))
        running.withLock { $0 = nil }
    }

    private static func stop(_ running: Running, until deadline: UInt64) {
        let service = running.service
        service.watcher.stopAccepting()
        service.watcher.resume(service.streams.stop().filter { $0.end(.finished) })
        while service.streams.open > 0 || service.connections.inProgress > 0, MonotonicTime.now < deadline {
            usleep(2000)
        }
        // What the watcher was told before it quits is done: no stream stays suspended, and none suspends any more.
        service.watcher.quit()
        running.watcher.join()
        running.daemon.stop()
        service.connections.removeUnstarted()
        service.connections.checkInvariants()
        assert(service.streams.open == 0 && service.connections.open == 0)
    }

    /// Where it listens, in the order of the listeners: with the port that was found for 0. Empty where it does not run.
    public var boundAddresses: [BoundAddress] { running.withLock { $0?.addresses ?? [] } }

    /// What it has counted since its start.
    public var counters: ServerCounters { running.withLock { $0?.service }?.counters ?? ServerCounters() }

    /// The connections that are open now. Costs a moment's lock and one copy each.
    public var connections: [ConnectionInfo] { running.withLock { $0?.service }?.connections.all ?? [] }

    /// The limits. Those on connections can be changed at any time, and decide about the next one; what there is stays. The
    /// others hold as the server was made, whatever is set.
    public var limits: ServerLimits {
        get { bounds.limits }
        set { bounds.limits = newValue }
    }

    /// The connection of a number; nil where it is over. Costs a moment's lock.
    public func connection(_ number: UInt64) -> OpenConnection? {
        running.withLock { $0?.service }?.connections.connection(numbered: number)
    }

    /// The connections that are open now, in no order. Costs a moment's lock and one copy.
    public var openConnections: [OpenConnection] {
        running.withLock { $0?.service }?.connections.openConnections ?? []
    }

    /// How many requests are being received or answered, streams left out. Looks at every connection.
    public var requestsInProgress: Int { running.withLock { $0?.service }?.connections.inProgress ?? 0 }

    /// How often connections were looked at, and how many are looked at every tick. For tests.
    var sweeps: (count: UInt64, active: Int) {
        guard let service = running.withLock({ $0?.service }) else { return (0, 0) }
        return (service.watcher.sweeps.load(ordering: .relaxed), service.connections.active.load(ordering: .relaxed))
    }

    /// What an operator ought to know, such as limits that this process cannot hold.
    public var warnings: [String] { noted.withLock { $0 } }

    private func checkOpenFiles(_ limits: ServerLimits) {
        let files = OpenFileLimit.raise()
        let wanted = UInt64(limits.connections + limits.slack + limits.streams + 64)
        guard files < wanted else { return noted.withLock { $0 = [] } }
        noted.withLock {
            $0 = [
                "only \(files) files may be open: \(limits.connections) connections and \(limits.streams) streams need \(wanted)"
            ]
        }
    }
}
