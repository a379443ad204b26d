internal import Synchronization

@testable internal import PagePool

/// Memory that runs out when told to.
final class ScantMemory: PageMemory {
    /// How many mappings are still granted.
    let mappingsLeft = Atomic<Int>(.max)

    /// Whether threads are granted.
    let hasThreads = Atomic<Bool>(true)

    func permitsThread() -> Bool { hasThreads.load(ordering: .relaxed) }

    func permits(mapping bytes: Int) -> Bool {
        let left = mappingsLeft.load(ordering: .relaxed)
        if left == .max { return true }
        return mappingsLeft.subtract(1, ordering: .relaxed).oldValue > 0
    }
}
