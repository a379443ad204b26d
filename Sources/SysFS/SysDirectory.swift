internal import Bytes
public import PseudoFS

extension FileSystem {
    /// A directory of sysfs: attributes of one thing, each one value. They show what others do, and so who watches one looks
    /// again after every change.
    ///
    /// ```swift
    /// Mount(.sysfs("Limits.", [SysAttribute("nodes", summary: "…") { .number(65536) }]), at: "/sys/limits")
    /// ```
    ///
    /// - Parameters:
    ///   - summary: one sentence about the thing.
    ///   - attributes: its files, in any order; a name that comes twice traps.
    ///   - directories: what else stands in it.
    /// - Returns: the file system.
    public static func sysfs(
        _ summary: String, _ attributes: [SysAttribute], directories: [DirectoryTableEntry<Always>] = []
    ) -> FileSystem {
        FileSystem(
            type: "sysfs",
            root: DirectoryTable<Always>(summary: summary, entries: attributes.map(\.entry) + directories),
            context: Always(identity: Hash64.of(summary.utf8Span.span, seed: 2)), reach: .everything)
    }
}
