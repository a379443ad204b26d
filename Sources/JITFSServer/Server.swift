public import DebugFS
internal import HostFS
internal import KernelTracing
internal import MicroHTTPD
public import PagePool
public import PseudoFS
public import TraceEngine

/// The whole of jitfs in one object: what `jitfsd` runs, and what a Swift program embeds.
///
/// ```swift
/// var configuration = ServerConfiguration()
/// try configuration.listen(on: "127.0.0.1:0")
/// let server = try Server(configuration)
/// try server.start()
/// print(server.addresses)              // ["http://127.0.0.1:40123"]
/// server.stop()
/// ```
public final class Server: Sendable {
    /// The version of jitfs: what `jitfsd --version` and `jitfs_build_info` say.
    public static let version = "0.1.0"

    private let assembly: Assembly

    /// Builds everything and imports the catalogues; nothing listens yet.
    ///
    /// - Throws: where a file cannot be read, a limit is too small, or an address is public without credentials.
    public init(_ configuration: ServerConfiguration) throws(ConfigurationError) {
        assembly = try Assembly(configuration)
    }

    deinit { assembly.kernel?.close() }

    /// The trace engine, to trace with in process.
    public var engine: TraceEngine { assembly.engine }
    /// The events that programs define, this one among them: `dynamic_events`.
    public var userEvents: UserEvents { assembly.userEvents }
    /// The page pools, to put, get and discard in process.
    public var pools: PagePools { assembly.pools }
    /// What stands in `/debug`, to make values and files in process.
    public var debug: DebugFS { assembly.debug }
    /// The tree, to walk in process.
    public var namespace: Namespace { assembly.namespace }
    /// What came in with the imports, and what did not, a line for people each.
    public var notes: [String] {
        assembly.imports.flatMap(\.problems) + assembly.server.warnings
    }

    /// Opens the listeners and answers from then on.
    ///
    /// - Throws: where an address cannot be listened on.
    public func start() throws(ConfigurationError) {
        do throws(StartFailure) {
            try assembly.server.start()
        } catch {
            assembly.kernel?.close()
            throw ConfigurationError(error.description)
        }
        assembly.health.set(nil)
    }

    /// Where it listens: `http://127.0.0.1:8470`, `unix:/run/jitfs.sock`.
    public var addresses: [String] {
        assembly.server.boundAddresses.map { address in
            switch address {
            case .tcp: "http://\(address)"
            case .unix: "unix:\(address)"
            }
        }
    }

    /// Ends streams, finishes what is under way, closes everything, removes what it has in the kernel. Returns when no
    /// thread of it is left.
    public func stop(graceSeconds: Double = 5) {
        assembly.health.set("stopping")
        assembly.server.stop(graceSeconds: graceSeconds)
        assembly.hosts?.close()
        assembly.kernel?.close()
    }
}
