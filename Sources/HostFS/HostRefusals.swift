internal import Synchronization

/// How often each limit of host trees was reached.
public struct HostRefusals: Sendable, Equatable {
    /// Files without a length that went on beyond `host_file_bytes`.
    public var fileBytes: UInt64 = 0
    /// What was not opened because of `host_files`.
    public var files: UInt64 = 0
    /// Calls of the system that took longer than `host_seconds`, or were not begun because too many do.
    public var seconds: UInt64 = 0

    /// None.
    public init() {}
}

/// Counts one kind of refusal; any thread.
final class RefusalCount: Sendable {
    private let count = Atomic<UInt64>(0)

    var value: UInt64 { count.load(ordering: .relaxed) }

    func add() { count.add(1, ordering: .relaxed) }
}
