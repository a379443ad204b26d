/// How much the node cache may hold.
public struct NodeLimits: Sendable {
    /// Nodes at a time, over all lanes. `nodes` under `/sys/limits`.
    public var nodeCountMax: Int
    /// Nodes beyond those, for walks that end in a removal or in turning something off.
    public var reserveCountMax: Int
    /// Union directories in the root. `unions` under `/sys/limits`.
    public var unionCountMax: Int
    /// Names in a path.
    public var pathDepthMax: Int
    /// Bytes of a path, as PATH_MAX.
    public var pathBytesMax: Int

    /// The defaults of the contract.
    public init(
        nodeCountMax: Int = 65536, reserveCountMax: Int = 64, unionCountMax: Int = 64,
        pathDepthMax: Int = 64, pathBytesMax: Int = 4096
    ) {
        self.nodeCountMax = nodeCountMax
        self.reserveCountMax = reserveCountMax
        self.unionCountMax = unionCountMax
        self.pathDepthMax = pathDepthMax
        self.pathBytesMax = pathBytesMax
    }
}
