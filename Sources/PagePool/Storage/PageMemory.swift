/// Who says whether the system gives what it is asked for: the system, or a test that has it refused.
protocol PageMemory: Sendable {
    /// Whether to ask the system for so many bytes; false is answered as if it had none.
    func permits(mapping bytes: Int) -> Bool
    /// Whether to ask the system for a thread; false is answered as if it had none.
    func permitsThread() -> Bool
}

extension PageMemory {
    func permitsThread() -> Bool { true }
}

/// The system alone decides.
struct SystemMemory: PageMemory {
    func permits(mapping bytes: Int) -> Bool { true }
}
