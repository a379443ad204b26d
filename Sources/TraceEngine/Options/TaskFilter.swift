/// Whose records an instance takes: `set_event_pid` and `set_event_notrace_pid`.
///
/// A value. A record's pid is looked up by halving: some ns for some pids.
struct TaskFilter: Sendable, Equatable {
    /// Only these, unless there are none; sorted.
    var traced: [Int32] = []
    /// Never these; sorted.
    var untraced: [Int32] = []

    /// Whether it says nothing.
    var isEmpty: Bool { traced.isEmpty && untraced.isEmpty }

    /// Whether a record of a task is not taken.
    func ignores(_ pid: Int32) -> Bool {
        (!traced.isEmpty && !Self.has(traced, pid)) || (!untraced.isEmpty && Self.has(untraced, pid))
    }

    private static func has(_ pids: [Int32], _ pid: Int32) -> Bool {
        var low = 0
        var high = pids.count
        while low < high {
            let middle = (low + high) / 2
            if pids[middle] == pid { return true }
            if pids[middle] < pid { low = middle + 1 } else { high = middle }
        }
        return false
    }
}
