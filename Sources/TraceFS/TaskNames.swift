internal import TraceEngine

/// The names of the tasks that one reader has met since it last looked, without a lock.
struct TaskNames {
    private struct Task {
        let pid: Int32
        let source: TraceSource
        let comm: String
    }

    private let engine: TraceEngine
    /// Each at its pid's last bits.
    private var tasks: [Task?] = []

    private static let placeMask = 15

    init(engine: TraceEngine) { self.engine = engine }

    /// The name of a task.
    mutating func comm(forPID pid: Int32, source: TraceSource) -> String {
        let place = Int(pid) & Self.placeMask
        if place < tasks.count, let known = tasks[place], known.pid == pid, known.source == source {
            return known.comm
        }
        if tasks.isEmpty { tasks = Array(repeating: nil, count: Self.placeMask + 1) }
        let comm = engine.comm(forPID: pid, source: source)
        tasks[place] = Task(pid: pid, source: source, comm: comm)
        return comm
    }

    /// Forgets them all: a name may have changed.
    mutating func refresh() { if !tasks.isEmpty { tasks = [] } }
}
