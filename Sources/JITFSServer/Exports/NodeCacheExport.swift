internal import PseudoFS
internal import Synchronization
internal import SysFS

/// The node cache as files under `/sys/fs/jitfs`, whole and by type of file system.
enum NodeCacheExport {
    /// The directory.
    ///
    /// - Parameters:
    ///   - types: the types of file systems that there are: a directory each.
    ///   - owners: who has entries: a directory beside those.
    ///   - namespace: gives the namespace once it is there, for the files are part of it.
    /// - Returns: the file system.
    static func fileSystem(
        types: [String], _ owners: Owners, _ namespace: @escaping @Sendable () -> Namespace?
    ) -> FileSystem {
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
        let own = [
            count("nodes_refused", "Walks refused because every node was pinned.") { $0.refused },
            count("walks_hit", "Walks that found their path in the cache.") { $0.hits },
            count("walks_missed", "Walks that had to look something up.") { $0.misses },
            number("nodes_limit", "Nodes there may be: the limit nodes.") { UInt64($0.nodeCountMax) },
            number("nodes_reserve", "Nodes beyond the limit, for turning things off.") { UInt64($0.reserveCountMax) },
        ]
        return .sysfs(
            "The node cache.", own + counts { read in { namespace().map { read($0.statistics.total) } ?? 0 } },
            directories: types.map { type in
                SysDirectory(
                    type, summary: "Nodes of \(type), all its mounts together.",
                    counts { read in { namespace().map { read($0.statistics[type: type]) } ?? 0 } })
            }, entries: [.owners(owners)])
    }

    /// What is counted of all nodes, and of those of one type of file system.
    private static func counts(
        _ value: (@escaping @Sendable (NodeCounts) -> UInt64) -> @Sendable () -> UInt64
    ) -> [SysAttribute] {
        func count(
            _ name: String, _ summary: String, _ read: @escaping @Sendable (NodeCounts) -> UInt64
        ) -> SysAttribute {
            let value = value(read)
            return SysAttribute(name, summary: summary) { .number(value()) }
        }
        return [
            count("nodes_live", "Nodes in the cache.") { UInt64($0.live) },
            count("nodes_pinned", "Nodes held by streams or by what is enabled through them.") { UInt64($0.pinned) },
            count("nodes_made", "Nodes made since the start.") { $0.made },
            count("nodes_reclaimed", "Nodes reclaimed since the start.") { $0.reclaimed },
            count("nodes_eager", "Nodes made with their directories (--eager), never reclaimed and not in nodes_live.")
            {
                UInt64($0.eager)
            },
            count("nodes_bytes", "Bytes of memory that nodes, their paths and their tables take.") { UInt64($0.bytes) },
        ]
    }
}
