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
                .file("stat", SystemFiles.statistics(system)),
                .file("uptime", SystemFiles.uptime(system)),
                .file("version", SystemFiles.version(system)),
            ],
            children: .directories(
                Self.client,
                find: { [clients] _, name in
                    Self.number(name).flatMap { clients.client($0) }.map { ClientContext($0) }
                },
                items: { [clients] _ in Self.sorted(clients.clients) }, name: { String($0.number) },
                bind: { ClientContext($1) }))
    }

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

    /// Clients by the bytes of their names.
    private static func sorted(_ clients: [any Client]) -> [any Client] {
        clients.map { (ClientOrder($0.number), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
    }

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
