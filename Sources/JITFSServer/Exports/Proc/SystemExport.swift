internal import DebugFS
internal import PagePool
internal import ProcFS
internal import PseudoFS
internal import TraceEngine

/// What procfs says of the whole, out of the models that know it; made when it is asked for.
struct SystemExport: Sendable {
    private let engine: TraceEngine
    private let debug: DebugFS
    private let pools: PagePools
    private let connections: Connections
    private let namespace: @Sendable () -> Namespace?
    private let start = Start()

    /// How far things were when the server was made.
    private struct Start: Sendable {
        let monotonic = ProcessFigures.monotonicNanoseconds
        let usage = ProcessFigures.usage
        let seconds = ProcessFigures.epochSeconds
    }

    /// - Parameters:
    ///   - engine: whose buffers and catalogue they are.
    ///   - debug: whose entries take memory.
    ///   - pools: which hold pages.
    ///   - connections: who is connected.
    ///   - namespace: gives the namespace once it is there, for the files are part of it.
    init(
        _ engine: TraceEngine, _ debug: DebugFS, _ pools: PagePools, _ connections: Connections,
        _ namespace: @escaping @Sendable () -> Namespace?
    ) {
        self.engine = engine
        self.debug = debug
        self.pools = pools
        self.connections = connections
        self.namespace = namespace
    }

    var source: SystemSource {
        SystemSource(
            version: "jitfs version \(Server.version)", mounts: { namespace()?.mounts ?? [] }, memory: { memory },
            times: { times })
    }

    /// Where memory is: the process as the kernel sees it, then what of it is whose.
    private var memory: [MemoryFigure] {
        var figures = [MemoryFigure("MemTotal", member: "mem_total", bytes: MachineMemory.bytes)]
        if let process = ProcessFigures.memory {
            figures.append(MemoryFigure("VmSize", member: "vm_size", bytes: process.virtualBytes))
            figures.append(MemoryFigure("VmRSS", member: "vm_rss", bytes: process.residentBytes))
        }
        if let namespace = namespace() {
            figures.append(MemoryFigure("Nodes", member: "nodes", bytes: UInt64(namespace.statistics.bytes)))
        }
        figures.append(MemoryFigure("Buffers", member: "buffers", bytes: UInt64(engine.mappedBytes)))
        figures.append(
            MemoryFigure("Catalogue", member: "catalogue", bytes: UInt64(engine.catalogue.snapshot.heldBytes)))
        figures.append(MemoryFigure("DebugFS", member: "debugfs", bytes: UInt64(debug.memoryBytes)))
        let held = pools.pools.map { (name: $0.name, parts: $0.memoryParts) }
        func sum(_ part: (PagePool.MemoryParts) -> UInt64) -> UInt64 { held.reduce(0) { $0 + part($1.parts) } }
        figures.append(
            MemoryFigure(
                "Pools", member: "pools", bytes: sum(\.all),
                parts: held.map { MemoryFigure.Part(name: $0.name, bytes: $0.parts.all) }))
        figures.append(MemoryFigure("PoolStacks", member: "pool_stacks", bytes: sum(\.stacks)))
        figures.append(MemoryFigure("PoolTables", member: "pool_tables", bytes: sum(\.table)))
        figures.append(MemoryFigure("PoolDictionaries", member: "pool_dictionaries", bytes: sum(\.apart)))
        figures.append(MemoryFigure("PoolBacking", member: "pool_backing", bytes: sum(\.backing)))
        return figures
    }

    private var times: SystemTimes {
        var times = SystemTimes()
        times.uptimeNanoseconds = ProcessFigures.monotonicNanoseconds - start.monotonic
        if let now = ProcessFigures.usage, let then = start.usage {
            times.userNanoseconds = now.userNanoseconds - then.userNanoseconds
            times.systemNanoseconds = now.systemNanoseconds - then.systemNanoseconds
            times.contextSwitches = now.switches - then.switches
        }
        times.processors = ProcessFigures.processorCount
        times.startSeconds = start.seconds
        times.clientsEver = connections.acceptedCount
        times.clientsRunning = connections.busyCount
        return times
    }
}

extension PagePool.MemoryParts {
    /// All of it.
    fileprivate var all: UInt64 { stacks + table + apart + backing }
}
