internal import DebugFS
internal import Locking
internal import Synchronization

/// Counts calls.
final class Calls: Sendable {
    private let number = Atomic<Int>(0)
    func count() { number.add(1, ordering: .relaxed) }
    var now: Int { number.load(ordering: .relaxed) }
}

/// Remembers what it heard.
final class Heard: Sendable {
    private let list = Locked<[DebugChange]>([])
    func add(_ change: DebugChange) { list.withLock { $0.append(change) } }
    var now: [DebugChange] { list.withLock { $0 } }
}
