internal import Bytes
public import PseudoFS

/// A directory in a directory of sysfs: attributes of a part of the thing.
public struct SysDirectory: Sendable {
    let name: String
    let summary: String
    let attributes: [SysAttribute]

    /// Names a part.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - summary: one sentence about it.
    ///   - attributes: its files, in any order; a name that comes twice traps.
    public init(_ name: String, summary: String, _ attributes: [SysAttribute]) {
        self.name = name
        self.summary = summary
        self.attributes = attributes
    }

    var entry: DirectoryTableEntry<Always> {
        let context = Always(identity: Hash64.of(name.utf8Span.span, seed: 2))
        return .directory(name, DirectoryTable<Always>(summary: summary, entries: attributes.map(\.entry))) { _ in
            context
        }
    }
}

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
    ///   - directories: of its parts.
    ///   - entries: what else stands in it.
    /// - Returns: the file system.
    public static func sysfs(
        _ summary: String, _ attributes: [SysAttribute], directories: [SysDirectory] = [],
        entries: [DirectoryTableEntry<Always>] = []
    ) -> FileSystem {
        FileSystem(
            type: "sysfs",
            root: DirectoryTable<Always>(
                summary: summary, entries: attributes.map(\.entry) + directories.map(\.entry) + entries),
            context: Always(identity: Hash64.of(summary.utf8Span.span, seed: 2)), reach: .everything)
    }
}
