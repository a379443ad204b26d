internal import PseudoFS
internal import Synchronization
internal import SysFS

/// The node cache as files under `/sys/fs/jitfs`.
enum NodeCacheExport {
    /// The files; `namespace` gives the namespace once it is there, for the files are part of it.
    static func attributes(_ namespace: @escaping @Sendable () -> Namespace?) -> [SysAttribute] {
        func number(_ name: String, _ summary: String, _ read: @escaping @Sendable (Namespace) -> UInt64)
            -> SysAttribute
        {
            SysAttribute(name, summary: summary) { .number(namespace().map(read) ?? 0) }
        }
        func count(
            _ name: String, _ summary: String, _ read: @escaping @Sendable (NodeStatistics) -> UInt64
        ) -> SysAttribute {
            number(name, summary) { read($0.statistics) }
        }
        return [
            count("nodes_live", "Nodes in the cache.") { UInt64($0.live) },
            count("nodes_pinned", "Nodes held by streams or by what is enabled through them.") { UInt64($0.pinned) },
            count("nodes_made", "Nodes made since the start.") { $0.made },
            count("nodes_reclaimed", "Nodes reclaimed since the start.") { $0.reclaimed },
            count("nodes_refused", "Walks refused because every node was pinned.") { $0.refused },
            count("walks_hit", "Walks that found their path in the cache.") { $0.hits },
            count("walks_missed", "Walks that had to look something up.") { $0.misses },
            number("nodes_limit", "Nodes there may be: the limit nodes.") { UInt64($0.nodeCountMax) },
            number("nodes_reserve", "Nodes beyond the limit, for turning things off.") { UInt64($0.reserveCountMax) },
        ]
    }
}
