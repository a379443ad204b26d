/// Who says whether memory may be mapped: the system, or a test that has it refused.
protocol PageMemory: Sendable {
    /// Whether to ask the system for so many bytes; false is answered as if it had none.
    func permits(mapping bytes: Int) -> Bool
}

/// The system alone decides.
struct SystemMemory: PageMemory {
    func permits(mapping bytes: Int) -> Bool { true }
}
