internal import Bytes
public import PagePool
public import PseudoFS

extension FileSystem {
    /// The file system of page pools, to be mounted at `/pool`: a directory for each pool, a file for each page.
    ///
    /// - Parameters:
    ///   - pools: the pools; they may be used in process too.
    ///   - defaults: what a pool is made with where the request does not say.
    /// - Returns: the file system.
    public static func poolfs(_ pools: PagePools, defaults: PagePoolOptions) -> FileSystem {
        FileSystem(
            type: "poolfs", root: PoolTables(pools: pools, defaults: defaults).top,
            context: Always(identity: Hash64.of("poolfs".utf8Span.span, seed: 2)), reach: .subject)
    }
}
