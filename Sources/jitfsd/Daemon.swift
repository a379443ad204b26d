internal import ArgumentParser
internal import JITFSServer

/// `jitfsd`: the command line, turned into a configuration; everything else is `JITFSServer`.
struct Daemon: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jitfsd",
        abstract: "Serve pseudo-filesystems over HTTP: tracing instances, their events, and what happened.",
        discussion: """
            A path is an endpoint; a node exists only while somebody looks at it. Try, in another terminal:

              curl localhost:8470/                                          the tree; a browser shows it too
              curl -d '{"name":"mine"}' localhost:8470/tracing/instances    a private tracing instance
              curl -X PUT -d 1 localhost:8470/tracing/instances/mine/events/jitfs/enable
              curl -N localhost:8470/tracing/instances/mine/trace_pipe      events as they come
              curl -T page localhost:8470/pool/ramzswap0/pages/0            4096 bytes, kept compressed

            It prints "listening on http://ADDRESS:PORT" on standard output when it is ready, logs to standard error, and \
            stops clean on SIGTERM and SIGINT: streams end, exit status 0. A configuration that cannot be is exit status \
            64, an address that cannot be listened on, or a file that cannot be read, 1. All state is memory and goes \
            with the process.

            It listens on loopback unless it is told otherwise. Any other address is refused unless there are tokens \
            (--token-file) or --insecure says that it is meant.

            Limits, for --limit NAME=VALUE (K, M, G, T are powers of 1024), and as files under /sys/limits:

            \(LimitTable.help)
            """,
        version: Server.version)

    @Option(
        help: ArgumentHelp(
            "Listen on this address; port 0 picks a free one. Repeatable. An IPv6 address stands in brackets.",
            discussion: "Default: 127.0.0.1:8470, unless --unix or a socket from systemd is given.",
            valueName: "address:port"))
    var listen: [String] = []

    @Option(help: ArgumentHelp("Listen on a unix socket, mode 0600. Repeatable.", valueName: "path"))
    var unix: [String] = []

    @Option(
        help: ArgumentHelp(
            "Import events: a directory with the layout of tracefs' events/, or a catalogue file. Repeatable.",
            discussion: """
                A catalogue file (.events, or .events.zst) has for each event a line "# SYSTEM/NAME" and the text of its \
                format file. What does not parse is named with its file and line, the rest is imported.
                """,
            valueName: "path"))
    var importEvents: [String] = []

    @Option(
        help: ArgumentHelp(
            "Trace the running kernel too, by the tracefs mounted here: /sys/kernel/tracing.",
            discussion: """
                Its events stand in the catalogue with all others, before those of --import-events. They are enabled in an \
                instance of their own in the kernel while any instance here wants them, which is removed at the end. Needs \
                root; on TCP it needs --token-file, or --insecure.
                """,
            valueName: "path"))
    var kernelEvents: String?

    @Option(
        help: ArgumentHelp(
            "Show a directory of this machine under /host. Repeatable.",
            discussion: """
                Read-only, unless :rw stands behind it; what is mounted below is left out, unless xdev does (:xdev, :rw,xdev). \
                proc=/proc, tracing=/sys/kernel/tracing:rw. Links are followed only within. On TCP it needs --token-file, or \
                --insecure.
                """,
            valueName: "name=dir[:rw]"))
    var host: [String] = []

    @Option(
        help: ArgumentHelp(
            "Make a page pool at the start. Repeatable.",
            discussion: """
                Keys are disksize (default: the machine's memory), mem_limit (default: none), level (default: 1), \
                dictionary (off, auto, speed or space; default: off), and with --backing-dir backing (a file's name), \
                backing_size (has it made), spill (never, half, pressure): swap:disksize=256M,mem_limit=64M. There is a \
                pool ramzswap0 beside those that are named.
                """,
            valueName: "name[:key=value,…]"))
    var pool: [String] = []

    @Flag(help: "Make no pool ramzswap0.")
    var noDefaultPool = false

    @Option(
        help: ArgumentHelp(
            "Let pools have files in this directory, to which their cold pages go.",
            discussion: """
                Clients name files in it, no paths, and may have them made as large as they like. On TCP it needs \
                --token-file, or --insecure.
                """,
            valueName: "path"))
    var backingDir: String?

    @Option(
        help: ArgumentHelp(
            "Ask for bearer tokens: a file of lines \"ROLE SHA256HEX\", ROLE being read, write or admin.",
            discussion: "A line for the token in $T:  echo \"write $(printf %s \"$T\" | sha256sum | cut -c1-64)\"",
            valueName: "file"))
    var tokenFile: String?

    @Flag(help: "Take connections from other machines without any tokens.")
    var insecure = false

    @Option(
        help: ArgumentHelp(
            "Make all nodes of a file system at once and never reclaim them, to compare. Repeatable.",
            discussion: "It is named as it is mounted: tracing. Answers are the same; memory and times are not.",
            valueName: "filesystem"))
    var eager: [String] = []

    @Option(help: ArgumentHelp("Set a limit; see above. Repeatable.", valueName: "name=value"))
    var limit: [String] = []

    @Option(
        help: ArgumentHelp(
            "Server threads, which are the CPU lanes of per_cpu/ too. Default: one a core.", valueName: "n"))
    var threads: Int?

    func run() throws {
        try Service.run(try configured())
    }

    private func configured() throws -> ServerConfiguration {
        var configuration = ServerConfiguration()
        if let threads, !(1...256).contains(threads) {
            throw ValidationError("--threads is 1 to 256, not \(threads)")
        }
        configuration.threads = threads
        configuration.importEvents = importEvents
        configuration.kernelEvents = kernelEvents
        configuration.tokenFile = tokenFile
        configuration.isInsecure = insecure
        configuration.backingDirectory = backingDir
        configuration.log = Service.log
        configuration.eager = eager
        configuration.hasDefaultPool = !noDefaultPool
        do throws(ConfigurationError) {
            for text in listen { try configuration.listen(on: text) }
            for path in unix { configuration.listeners.append(.unix(path: path)) }
            configuration.listeners += SocketActivation.listeners()
            for text in pool { configuration.pools.append(try PoolDescription(parsing: text)) }
            for text in host { try configuration.show(text) }
            for text in limit { try configuration.limits.set(text) }
            try configuration.check()
        } catch {
            throw ValidationError(error.description)
        }
        return configuration
    }
}
