internal import Glibc
internal import Synchronization

/// Whether this process was asked to end: by Ctrl-C, or by SIGTERM.
enum Interruption {
    private static let flag = Atomic<Bool>(false)

    /// Whether it was asked.
    static var hasCome: Bool { flag.load(ordering: .relaxed) }

    /// From now on, the first signal is only noted. A second one ends the process as ever. A pipe that nobody reads is an
    /// error of the write to it.
    static func listen() {
        // Made here, for a handler must not be the first to reach it.
        flag.store(false, ordering: .relaxed)
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = { _ in Interruption.flag.store(true, ordering: .relaxed) }
        // What waits goes on waiting.
        action.sa_flags = Int32(SA_RESTART) | Int32(bitPattern: UInt32(SA_RESETHAND))
        _ = unsafe sigaction(SIGINT, &action, nil)
        _ = unsafe sigaction(SIGTERM, &action, nil)
        signal(SIGPIPE, SIG_IGN)
    }
}
