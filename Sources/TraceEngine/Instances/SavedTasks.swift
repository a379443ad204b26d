internal import Locking
internal import Synchronization

/// The names of the tasks that wrote records, by pid: the kernel's `saved_cmdlines`.
///
/// Bounded: the task that was saved first is forgotten for a new one. Any thread; the lock protects the table and is
/// taken alone.
public final class SavedTasks: Sendable {
    private struct State {
        var places: [Int32: Int] = [:]
        var tasks: [TraceTask] = []
        var oldest = 0
    }

    private let capacity: Int
    private let state = Locked(State())

    init(capacity: Int) { self.capacity = max(capacity, 1) }

    /// Remembers a task; a name of more than 15 bytes is cut. About 40 ns for one that is known.
    func save(_ task: TraceTask) {
        guard task.pid != 0 else { return }
        state.withLock { state in
            if let place = state.places[task.pid] {
                if state.tasks[place].comm != task.comm { state.tasks[place] = Self.cut(task) }
            } else if state.tasks.count < capacity {
                state.places[task.pid] = state.tasks.count
                state.tasks.append(Self.cut(task))
            } else {
                state.places[state.tasks[state.oldest].pid] = nil
                state.places[task.pid] = state.oldest
                state.tasks[state.oldest] = Self.cut(task)
                state.oldest = (state.oldest + 1) % capacity
            }
        }
    }

    /// The name of a task: `<idle>` for pid 0, `<...>` for one that is not known.
    public func comm(forPID pid: Int32) -> String {
        if pid == 0 { return "<idle>" }
        return state.withLock { state in
            guard let place = state.places[pid] else { return "<...>" }
            return state.tasks[place].comm
        }
    }

    /// All that are known, in the order in which they were saved.
    public var all: [TraceTask] {
        state.withLock { state in
            Array(state.tasks[state.oldest...] + state.tasks[..<state.oldest])
        }
    }

    private static func cut(_ task: TraceTask) -> TraceTask {
        guard task.comm.utf8.count > 15 else { return task }
        return TraceTask(pid: task.pid, comm: String(decoding: task.comm.utf8.prefix(15), as: UTF8.self))
    }
}
