internal import PseudoFS
internal import Locking

/// `/healthz`: whether the server is ready, or why not. Everybody may ask.
final class HealthExport: Sendable {
    private let reason = Locked<String?>("starting")

    /// Says what keeps the server from being ready; nil when nothing does.
    func set(_ reason: String?) { self.reason.withLock { $0 = reason } }

    var entry: DirectoryTableEntry<Always> {
        .file(
            "healthz",
            .attribute(
                mode: 0o444, summary: "ready, or why not.",
                value: { [self] _ in .text(reason.withLock { $0 } ?? "ready") }, readAuthority: .none))
    }
}
