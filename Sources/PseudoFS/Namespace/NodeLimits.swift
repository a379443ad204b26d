/// How much the node cache may hold.
public struct NodeLimits: Sendable {
    /// Nodes at a time, over all lanes. `nodes` under `/sys/limits`.
    public var nodeCountMax: Int
    /// Nodes beyond those, one for each walk that ends in a removal or in turning something off. Where there are fewer than
    /// threads that walk, one of them could find all places taken.
    public var reserveCountMax: Int
    /// Union directories in the root. `unions` under `/sys/limits`.
    public var unionCountMax: Int
    /// Names in a path.
    public var pathDepthMax: Int
    /// Bytes of a path, as PATH_MAX.
    public var pathBytesMax: Int

    /// The contract's, for so many threads: each may have a batch and one of its requests on the reserve.
    public init(nodeCountMax: Int, threads: Int, unionCountMax: Int = 64) {
        self.init(
            nodeCountMax: nodeCountMax, reserveCountMax: max(64, 2 * threads), unionCountMax: unionCountMax)
    }

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
