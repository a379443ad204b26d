internal import Bytes
internal import PseudoFS

/// What procfs says of a client, one file each, and all of it in `status`.
///
/// Who has the connection may read its files; for those of others it takes `admin`.
enum ClientFiles {
    static let address = file("From where: ADDRESS:PORT; nothing over a unix socket.") { .text($0.address) }
    static let agent = file("What it calls itself: the User-Agent of its first request, 128 bytes of it.") {
        .text($0.agent)
    }
    static let comm = file("Its task's name: the peer's process, else the first word of the agent, 15 bytes of it.") {
        .text($0.comm)
    }
    static let age = file("Seconds since it was accepted.") { .unsigned($0.ageNanoseconds / 1_000_000_000) }
    static let requests = file("Requests that were answered.") { .unsigned($0.requests) }
    static let bytes = file("Bytes of bodies that came and went; heads do not count.") {
        .record([.init("received", .unsigned($0.receivedBytes)), .init("sent", .unsigned($0.sentBytes))])
    }
    static let streams = file("Streams that are open.") { .unsigned($0.streams) }
    static let path = file("The path that is being answered, as it was sent; nothing between two requests.") {
        .text($0.path)
    }

    private static func file(
        _ summary: String, _ value: @escaping @Sendable (ClientReport) -> Value
    ) -> File<ClientContext> {
        .attribute(
            mode: 0o400, summary: summary, value: { value($0.client.report) }, readAuthority: .admin,
            isOwn: { $0.isOwn(of: $1) }, watch: { ClientWatch($0.client) })
    }

    /// `status`: all of it, in the form of the kernel's `/proc/PID/status`: a name, a tab, a value.
    static let status = File<ClientContext>.attribute(
        mode: 0o400, summary: "All of it, in the form of the kernel's status.",
        value: { context in
            let report = context.client.report
            return .record([
                .init("name", .text(report.comm)), .init("state", .text(state(of: report).word)),
                .init("pid", .unsigned(context.client.number)),
                .init("peer_pid", report.process.map { .integer(Int64($0.pid)) } ?? .null),
                .init("transport", .text(report.transport.rawValue)), .init("address", .text(report.address)),
                .init("agent", .text(report.agent)),
                .init("age_seconds", .unsigned(report.ageNanoseconds / 1_000_000_000)),
                .init("requests", .unsigned(report.requests)), .init("bytes_received", .unsigned(report.receivedBytes)),
                .init("bytes_sent", .unsigned(report.sentBytes)), .init("streams", .unsigned(report.streams)),
                .init("path", .text(report.path)),
            ])
        },
        text: { context, out in
            let report = context.client.report
            let state = state(of: report)
            func line(_ name: StaticString, _ value: String) {
                out.append(name)
                out.append(":\t")
                out.append(escaped: value)
                out.append(0x0A)
            }
            line("Name", report.comm)
            line("State", "\(state.letter) (\(state.word))")
            line("Pid", String(context.client.number))
            if let process = report.process { line("PeerPid", String(process.pid)) }
            line("Transport", report.transport.rawValue)
            line("Address", report.address)
            line("Agent", report.agent)
            line("Age", String(report.ageNanoseconds / 1_000_000_000))
            line("Requests", String(report.requests))
            line("BytesReceived", String(report.receivedBytes))
            line("BytesSent", String(report.sentBytes))
            line("Streams", String(report.streams))
            line("Path", report.path)
        }, readAuthority: .admin, isOwn: { $0.isOwn(of: $1) }, watch: { ClientWatch($0.client) })

    /// Running while a request is received or answered; sleeping between two, and while a stream is open.
    private static func state(of report: ClientReport) -> (letter: String, word: String) {
        report.isRunning && report.streams == 0 ? ("R", "running") : ("S", "sleeping")
    }
}
