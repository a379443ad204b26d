internal import CLinuxShims
internal import Glibc
internal import Synchronization
internal import SystemPackage

/// The thread that sleeps until the kernel has something, and has it brought in.
///
/// While nobody waits for records it is woken when an eighth of a CPU's buffer is full (`trace_pipe_raw` is readable
/// then, by `buffer_percent`), and not before. While somebody does, it is woken by the first record too (`trace_pipe`
/// of the whole instance is readable then, which is never read), and gathers what comes in the next 20 ms: that is how
/// late a record is. Without records it sleeps in any case.
final class KernelReader: Sendable {
    /// Milliseconds in which records are gathered.
    private static let gathering: Int32 = 20
    private static let gatheringMax: Int32 = 1000

    private let descriptors: [Int32]
    /// `trace_pipe` of the whole instance.
    private let pipe: Int32
    private let bell: WakeDescriptor
    private let isWaitedFor: @Sendable () -> Bool
    private let drain: @Sendable () -> Int
    private let stopping = Atomic<Bool>(false)

    /// - Parameters:
    ///   - descriptors: `trace_pipe_raw` of each CPU.
    ///   - pipe: `trace_pipe`.
    ///   - bell: what ends its sleep when ``isWaitedFor`` may have changed.
    ///   - isWaitedFor: whether somebody waits for records as they come.
    ///   - drain: brings in what there is; returns how many pages it was.
    init(
        _ descriptors: [Int32], pipe: Int32, bell: WakeDescriptor, isWaitedFor: @escaping @Sendable () -> Bool,
        drain: @escaping @Sendable () -> Int
    ) {
        self.descriptors = descriptors
        self.pipe = pipe
        self.bell = bell
        self.isWaitedFor = isWaitedFor
        self.drain = drain
    }

    /// The body of the thread.
    func run() {
        unsafe jitfs_call_this_thread("jitfs-kernel")
        // What is late here is lost there.
        jitfs_prefer_this_thread()
        var pause = Self.gathering
        while !stopping.load(ordering: .acquiring) {
            let ready = Descriptor.wait([bell.descriptor, isWaitedFor() ? pipe : -1] + descriptors)
            if ready[0] {
                bell.clear()
                continue
            }
            if !ready[2...].contains(true) { rest(pause) }
            if stopping.load(ordering: .acquiring) { return }
            if drain() > 0 {
                pause = Self.gathering
            } else {
                // Readable, and nothing to read: never more often than this.
                pause = min(pause * 2, Self.gatheringMax)
                rest(pause)
            }
        }
    }

    private func rest(_ milliseconds: Int32) { _ = Descriptor.wait([bell.descriptor], milliseconds: milliseconds) }

    /// Asks it to end.
    func stop() {
        stopping.store(true, ordering: .releasing)
        bell.wake()
    }
}
