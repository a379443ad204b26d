internal import Locking
internal import Synchronization
internal import SystemPackage

/// What an engine knows of who brings events from outside, if anybody does. Any thread.
///
/// The lock protects the reference only: the source is called under no lock.
final class Outside: Sendable {
    private let source = Locked<(any OutsideEvents)?>(nil)
    private let attached = Atomic<Bool>(false)
    private let pipes = Atomic<Int>(0)

    /// Whether there is a source: one relaxed load.
    var isAttached: Bool { attached.load(ordering: .relaxed) }

    /// Readers that wait for records as they come.
    var pipeCount: Int { pipes.load(ordering: .relaxed) }

    func attach(_ source: (any OutsideEvents)?) {
        self.source.withLock { $0 = source }
        attached.store(source != nil, ordering: .releasing)
    }

    private var present: (any OutsideEvents)? { isAttached ? source.withLock { $0 } : nil }

    /// Brings in what happened before.
    func deliver() { present?.deliver() }

    /// Says that events may be wanted, or not be wanted any more.
    func update(_ ids: [UInt16]?) throws(Errno) { try present?.update(ids) }

    /// Says that events may not be wanted any more.
    func letGo(_ ids: [UInt16]? = nil) { _ = try? update(ids) }

    func lookForEvents() { present?.lookForEvents() }

    func pipeOpened() {
        pipes.wrappingAdd(1, ordering: .relaxed)
        present?.pipesChanged()
    }

    func pipeClosed() {
        pipes.wrappingSubtract(1, ordering: .relaxed)
        present?.pipesChanged()
    }
}
