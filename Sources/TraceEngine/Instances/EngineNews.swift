internal import Locking

/// Tells of what changes behind the back of whoever shows an engine's files: instances and events come and go in
/// process, triggers turn tracing on and off.
///
/// Any thread; some tell under a lock of theirs, so what is called must only pass the word on. Its lock is a leaf.
final class EngineNews: Sendable {
    private let action = Locked<(@Sendable (UInt64?) -> Void)?>(nil)

    /// Sets what is called.
    func set(_ action: (@Sendable (UInt64?) -> Void)?) { self.action.withLock { $0 = action } }

    /// Something has changed: in one instance, or for all.
    func tell(_ instance: UInt64? = nil) { action.withLock { $0 }?(instance) }
}
