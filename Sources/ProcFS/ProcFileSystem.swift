internal import Bytes
public import PseudoFS

extension FileSystem {
    /// The file system of client connections, to be mounted at `/proc`.
    ///
    /// ```swift
    /// Mount(.procfs(server, SystemSource(version: "…", mounts: …, memory: …, times: …)), at: "/proc")
    /// ```
    ///
    /// Nothing is stored for it: a directory is made of the client when somebody walks by, and gone with either.
    ///
    /// - Parameters:
    ///   - clients: who is connected.
    ///   - system: what is said of the whole.
    /// - Returns: the file system.
    public static func procfs(_ clients: any ClientTable, _ system: SystemSource) -> FileSystem {
        FileSystem(
            type: "proc", root: ProcTables(clients: clients, system: system).top,
            context: Always(identity: Hash64.of("procfs".utf8Span.span, seed: 2)), reach: .everything)
    }
}
