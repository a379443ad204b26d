internal import Bytes
internal import PseudoFS

/// The shape of `/proc`. The tables are made once; a client adds nothing to them.
struct ProcTables {
    let clients: any ClientTable
    let system: SystemSource

    var top: DirectoryTable<Always> {
        DirectoryTable(
            mode: 0o555, summary: "Client connections by their numbers, and what jitfs as a whole does and holds.",
            entries: [
                .file("filesystems", MountFiles.types(system)),
                .file("meminfo", SystemFiles.memory(system)),
                .file("mounts", MountFiles.mounts(system)),
                .file(
                    "self",
                    .link(summary: "The directory of the connection that asks.", target: { String($1.connection) })),
                .file("stat", SystemFiles.statistics(system)),
                .file("uptime", SystemFiles.uptime(system)),
                .file("version", SystemFiles.version(system)),
            ],
            children: .resolved(
                find: { [clients] _, name in
                    guard let number = Self.number(name), let client = clients.client(number) else { return nil }
                    return Resolution(Self.shape, ClientContext(client))
                },
                entries: { [clients] _ in ClientCursor(Self.shape, clients.clients) }))
    }

    // Not kept: a node would keep what is known of a connection for long after its end.
    private static let shape = EntryShape.directory(client, isKept: false)

    /// A client's directory.
    private static let client = DirectoryTable<ClientContext>(
        mode: 0o500, summary: "A client connection; DELETE closes it.",
        entries: [
            .file("address", ClientFiles.address), .file("age", ClientFiles.age), .file("agent", ClientFiles.agent),
            .file("bytes", ClientFiles.bytes), .file("comm", ClientFiles.comm), .file("path", ClientFiles.path),
            .file("requests", ClientFiles.requests), .file("status", ClientFiles.status),
            .file("streams", ClientFiles.streams),
        ],
        remove: { context, caller in context.client.close(afterAnswer: context.isOwn(of: caller)) },
        readAuthority: .admin, changeAuthority: .admin, isOwn: { $0.isOwn(of: $1) })

    /// The number that a name is: plain decimal without leading zeros, at most 19 digits.
    private static func number(_ name: Span<UInt8>) -> UInt64? {
        guard name.count > 0, name.count <= 19, name.count == 1 || name[0] != 0x30 else { return nil }
        var number: UInt64 = 0
        for index in name.indices {
            guard name[index] >= 0x30, name[index] <= 0x39 else { return nil }
            number = number * 10 + UInt64(name[index] - 0x30)
        }
        return number
    }
}
