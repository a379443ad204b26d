internal import MicroHTTPD
public import PseudoFS

/// What a server is asked to be: the options of `jitfsd`.
public struct ServerConfiguration: Sendable {
    /// Where it listens; empty is `127.0.0.1:8470`.
    public var listeners: [Listener] = []
    /// Catalogues of events: files (`.events`, `.events.zst`) or directories with the layout of tracefs' `events/`.
    public var importEvents: [String] = []
    /// Where a tracefs is mounted, whose kernel is to be a source of events; nil for none. Needs root.
    public var kernelEvents: String?
    /// The page pools that are there from the start, beside the default one.
    public var pools: [PoolDescription] = []
    /// Whether there is a pool `ramzswap0`, of the size of the machine's memory, unless `pools` names it otherwise.
    public var hasDefaultPool = true
    /// A file with one `ROLE SHA256HEX` a line.
    public var tokenFile: String?
    /// A directory in which pools may have files for their cold pages; nil for none.
    public var backingDirectory: String?
    /// Takes a line for the operator where something goes wrong later: `jitfsd` writes it to standard error.
    public var log: @Sendable (String) -> Void = { _ in }
    /// Whether it may listen where strangers can reach it without any credentials.
    public var isInsecure = false
    /// File systems of the embedding program's own, with their places; one at a place that is taken traps.
    public var mounts: [Mount] = []
    /// The mounts whose nodes are all made at once and never reclaimed, by their paths without the first slash:
    /// `tracing`. To be compared with.
    public var eager: [String] = []
    /// The limits.
    public var limits: LimitTable
    /// Server threads; nil is one a core.
    public var threads: Int?

    /// The defaults.
    public init() {
        limits = LimitTable(memoryBytes: MachineMemory.bytes)
    }

    /// Adds a listener as `--listen` names it.
    ///
    /// - Parameter text: `ADDRESS:PORT`, the address in digits, an IPv6 one in brackets: `[::1]:8470`.
    /// - Throws: a sentence for people, where it is no address and port.
    public mutating func listen(on text: String) throws(ConfigurationError) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw ConfigurationError("--listen takes ADDRESS:PORT, not \(text)")
        }
        var address = text[..<colon]
        if address.first == "[", address.last == "]" {
            address = address.dropFirst().dropLast()
        } else if address.contains(":") {
            throw ConfigurationError("an IPv6 address stands in brackets: [::1]:\(port)")
        }
        listeners.append(.tcp(address: address == "localhost" ? "127.0.0.1" : String(address), port: port))
    }

    /// Whether a listener is not a unix socket, to which only who may open it can connect.
    var isOnNetwork: Bool { listeners.isEmpty || listeners.contains { !$0.transport.isUnix } }

    /// Whether a listener can be reached from other machines.
    var isPublic: Bool { listeners.contains(where: \.transport.isPublic) }

    /// Refuses what should not be run as it stands; a server checks it again when it is made.
    ///
    /// - Throws: where a listener can be reached from other machines, one passed in included, and there are neither
    ///   tokens nor `isInsecure`; the same where there is a directory for backing stores and any listener but a unix
    ///   socket, for then every user of the machine could fill the disk; and for the events of the kernel, for then
    ///   every user could watch all others.
    public func check() throws(ConfigurationError) {
        if isPublic, tokenFile == nil, !isInsecure {
            throw ConfigurationError(
                "an address that other machines can reach needs --token-file, or --insecure if that is meant")
        }
        if kernelEvents != nil, isOnNetwork, tokenFile == nil, !isInsecure {
            throw ConfigurationError(
                "--kernel-events on TCP needs --token-file, or --insecure if everybody on this machine may trace it"
            )
        }
        if backingDirectory != nil, isOnNetwork, tokenFile == nil, !isInsecure {
            throw ConfigurationError(
                "--backing-dir on TCP needs --token-file, or --insecure if everybody on this machine may write there")
        }
    }
}
