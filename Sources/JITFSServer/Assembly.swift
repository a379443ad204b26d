internal import Bytes
internal import DebugFS
internal import HTTPGateway
internal import HostFS
internal import KernelTracing
internal import MicroHTTPD
internal import PagePool
internal import PagePoolZstd
internal import PoolFS
internal import ProcFS
internal import PseudoFS
internal import SysFS
internal import SystemPackage
internal import TraceEngine
internal import TraceFS

/// The one place where everything meets.
///
///     catalogue ── engine ─────── tracefs ─┐
///                    │                     │
///     kernel ────────┤                     │
///     tracepoints ───┤                     ├─ namespace ── gateway ── libmicrohttpd
///                    │                     │
///     zstd ──────── pools ──────── poolfs ─┤
///                                 debugfs ─┤
///     directories of the system ── hostfs ─┤
///            connections, limits, cache ──┘
struct Assembly {
    let engine: TraceEngine
    let userEvents: UserEvents
    let kernel: KernelSource?
    let pools: PagePools
    let debug: DebugFS
    let hosts: HostTrees?
    let namespace: Namespace
    let server: HTTPServer
    let health: HealthExport
    let metrics: MetricsExport
    let imports: [CatalogueImport]

    init(_ configuration: ServerConfiguration) throws(ConfigurationError) {
        let limits = configuration.limits
        let threads = configuration.threads ?? HTTPServer.Configuration.coreCount
        try configuration.check()
        let credentials = try Self.credentials(configuration)

        // The model.
        let mount = try Self.kernelMount(configuration)
        engine = TraceEngine(
            limits: TraceLimits(limits), lanes: max(threads, mount?.cpuCount ?? 0), seed: .random(in: .min ... .max))
        userEvents = UserEvents(of: engine)
        let tracepoints = try OwnTracepoints(in: engine)
        kernel = try Self.kernelSource(mount, engine, configuration)
        let defaults = PagePoolOptions(disksizeBytes: MachineMemory.bytes)
        do throws(ConfigurationError) {
            var imports: [CatalogueImport] = []
            for path in configuration.importEvents { imports.append(try CatalogueImport(path, into: engine.catalogue)) }
            self.imports = imports
            pools = PagePools(
                codec: ZstdPageCodec(), limits: PagePoolLimits(limits), probe: PageTracepoints(tracepoints),
                backing: try Self.backingDirectory(configuration), report: configuration.log)
            try configuration.makePools(in: pools, defaults: defaults)
            hosts = try Self.hostTrees(configuration)
        } catch {
            // What it has made in the kernel would stay there.
            kernel?.close()
            throw error
        }

        // The tree.
        debug = DebugFS(limits: DebugLimits(limits))
        health = HealthExport()
        let limitsExport = LimitsExport(limits, engine, pools)
        metrics = MetricsExport(
            engine: engine, kernel: kernel, pools: pools, debug: debug, hosts: hosts, limits: limitsExport)
        let seen = Seen()
        let owners = Owners(countMax: limits.int("owners"))
        let connections = Connections()
        let system = SystemExport(engine, debug, pools, connections) { seen.namespace }
        var mounts = [
            Mount(.tracefs(engine, userEvents: userEvents), at: "/tracing"),
            Mount(.poolfs(pools, defaults: defaults), at: "/pool"),
            Mount(.debugfs(debug), at: "/debug"),
            Mount(.sysfs("The limits.", limitsExport.attributes), at: "/sys/limits"),
            Mount(
                .sysfs(
                    "What the server was started with.", SettingsExport.attributes(configuration, threads: threads)),
                at: "/sys/module/jitfs/parameters"),
            Mount(.procfs(connections, system.source), at: "/proc"),
        ]
        if let hosts { mounts.append(Mount(.hostfs(hosts), at: "/host", isEnteredFromAbove: false)) }
        mounts += configuration.mounts
        mounts.append(
            Mount(
                NodeCacheExport.fileSystem(types: FileSystem.types(of: mounts), owners) { seen.namespace },
                at: "/sys/fs/jitfs"))
        let eager: [String]
        do throws(ConfigurationError) {
            eager = try Self.eagerPaths(configuration, mounts)
        } catch {
            kernel?.close()
            throw error
        }
        namespace = Namespace(
            mounts: mounts,
            files: [BatchExport.entry, health.entry, metrics.entry, OpenAPIExport.entry],
            limits: NodeLimits(
                nodeCountMax: limits.int("nodes"), threads: threads, unionCountMax: limits.int("unions")),
            lanes: threads, eager: eager,
            probe: NodeTracepoints(made: tracepoints.nodeMade, reclaimed: tracepoints.nodeReclaimed), owners: owners,
            looking: .behind)
        seen.namespace = namespace
        // What changes in process is told to who watches: weakly, for the tree has the models.
        engine.onChange { [weak namespace] instance in namespace?.changed(at: "/tracing", subject: instance) }
        pools.onChange { [weak namespace] in namespace?.changed(at: "/pool") }
        debug.onChange { [weak namespace] in namespace?.told(of: $0, below: "/debug") }

        // The front.
        let gateway = Gateway(
            namespace: namespace, limits: GatewayLimits(limits), credentials: credentials,
            probe: RequestTracepoint(tracepoints.request), lanes: threads)
        var serving = HTTPServer.Configuration(
            listeners: configuration.listeners.isEmpty
                ? [.tcp(address: "127.0.0.1", port: 8470)] : configuration.listeners.map(\.transport),
            threads: threads, limits: ServerLimits(limits), handler: gateway)
        serving.connectionsChanged = { [weak namespace] in namespace?.changed(at: "/proc") }
        server = HTTPServer(serving)
        metrics.see(gateway, server)
        limitsExport.see(namespace, gateway, server)
        connections.see(server)
    }

    /// The files about the namespace are part of it: they find it here, weakly, once it is made.
    private final class Seen: @unchecked Sendable {
        // Sendable: written once, before the first walk can happen.
        weak var namespace: Namespace?
    }

    private static func kernelMount(_ configuration: ServerConfiguration) throws(ConfigurationError) -> KernelMount? {
        guard let path = configuration.kernelEvents else { return nil }
        do throws(KernelTracingError) {
            return try KernelMount(path)
        } catch {
            throw ConfigurationError("--kernel-events \(error)")
        }
    }

    private static func kernelSource(
        _ mount: KernelMount?, _ engine: TraceEngine, _ configuration: ServerConfiguration
    ) throws(ConfigurationError) -> KernelSource? {
        guard let mount else { return nil }
        do throws(KernelTracingError) {
            return try KernelSource(mount, engine: engine, log: configuration.log)
        } catch {
            throw ConfigurationError("--kernel-events \(error)")
        }
    }

    private static func eagerPaths(
        _ configuration: ServerConfiguration, _ mounts: [Mount]
    ) throws(ConfigurationError) -> [String] {
        var paths: [String] = []
        for name in configuration.eager {
            guard mounts.contains(where: { $0.path == "/" + name }) else {
                let known = mounts.map { $0.path.dropFirst() }.sorted().joined(separator: ", ")
                throw ConfigurationError("--eager takes one of \(known), not \(name)")
            }
            if !paths.contains("/" + name) { paths.append("/" + name) }
        }
        return paths
    }

    private static func hostTrees(_ configuration: ServerConfiguration) throws(ConfigurationError) -> HostTrees? {
        if configuration.hostTrees.isEmpty { return nil }
        let trees = HostTrees(limits: HostLimits(configuration.limits))
        for tree in configuration.hostTrees {
            do throws(Failure) {
                try trees.add(tree)
            } catch {
                throw ConfigurationError("--host \(tree.name)=\(tree.directory): \(error.reason)")
            }
        }
        return trees
    }

    private static func backingDirectory(
        _ configuration: ServerConfiguration
    ) throws(ConfigurationError) -> BackingDirectory? {
        guard let path = configuration.backingDirectory else { return nil }
        do throws(Errno) {
            return try BackingDirectory(path)
        } catch {
            throw ConfigurationError("--backing-dir \(path): \(error)")
        }
    }

    private static func credentials(_ configuration: ServerConfiguration) throws(ConfigurationError) -> Credentials? {
        guard let path = configuration.tokenFile else { return nil }
        let text = try InputFile.read(path)
        do throws(Failure) {
            return try Credentials(parsing: text.span) { SHA256.digest($0) }
        } catch {
            throw ConfigurationError("\(path): \(error.reason)")
        }
    }
}

extension TraceLimits {
    init(_ limits: LimitTable) {
        self.init()
        instancesMax = limits.int("instances")
        eventsMax = limits.int("events")
        buffersBytesMax = limits.int("buffers_bytes")
    }
}

extension HostLimits {
    init(_ limits: LimitTable) {
        self.init(
            fileBytesMax: limits.int("host_file_bytes"), filesMax: limits.int("host_files"),
            seconds: limits["host_seconds"])
    }
}

extension PagePoolLimits {
    init(_ limits: LimitTable) {
        self.init(poolsMax: limits.int("pools"), batchPagesMax: limits.int("batch_pages"))
    }
}

extension DebugLimits {
    init(_ limits: LimitTable) {
        self.init(entriesMax: limits.int("debugfs_entries"), bytesMax: limits.int("debugfs_bytes"))
    }
}

extension GatewayLimits {
    init(_ limits: LimitTable) {
        self.init(
            bodyBytes: limits.int("body_bytes"), streams: limits.int("streams"),
            batchRequests: limits.int("batch_requests"), watchedEntries: limits.int("watched_entries"))
    }
}

extension ServerLimits {
    init(_ limits: LimitTable) {
        self.init()
        connections = limits.int("connections")
        connectionsPerAddress = limits.int("connections_per_address")
        streams = limits.int("streams")
        headerBytes = limits.int("header_bytes")
        requestSeconds = Double(limits["request_seconds"])
    }
}
