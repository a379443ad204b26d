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
        var capacity: Int
        /// Whether thread groups are told.
        var recordsTgids = false
    }

    /// The largest number of tasks that the kernel takes.
    public static let capacityMax = 32_768

    private let state: Locked<State>

    init(capacity: Int) { state = Locked(State(capacity: max(capacity, 1))) }

    /// Remembers a task; a name of more than 15 bytes is cut. About 40 ns for one that is known.
    func save(_ task: TraceTask) {
        guard task.pid != 0 else { return }
        state.withLock { state in
            if let place = state.places[task.pid] {
                if state.tasks[place].comm != task.comm { state.tasks[place] = Self.cut(task) }
            } else if state.tasks.count < state.capacity {
                state.places[task.pid] = state.tasks.count
                state.tasks.append(Self.cut(task))
            } else {
                state.places[state.tasks[state.oldest].pid] = nil
                state.places[task.pid] = state.oldest
                state.tasks[state.oldest] = Self.cut(task)
                state.oldest = (state.oldest + 1) % state.capacity
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

    /// The thread group of a task, which is the task itself; nil for one that is not known, and until an instance asked
    /// for them by the option `record-tgid`.
    public func tgid(ofPID pid: Int32) -> Int32? {
        state.withLock { $0.recordsTgids && $0.places[pid] != nil ? pid : nil }
    }

    /// Whether an instance ever asked for thread groups.
    public internal(set) var recordsTgids: Bool {
        get { state.withLock { $0.recordsTgids } }
        set { state.withLock { $0.recordsTgids = newValue } }
    }

    /// How many tasks are remembered at most. Fewer than there are forget those that were saved first.
    ///
    /// `saved_cmdlines_size`: 1 to ``capacityMax``, which the caller sees to.
    public var capacity: Int {
        get { state.withLock { $0.capacity } }
        set {
            state.withLock { state in
                let ordered = Array(state.tasks[state.oldest...] + state.tasks[..<state.oldest])
                state.capacity = max(newValue, 1)
                state.tasks = Array(ordered.suffix(state.capacity))
                state.oldest = 0
                state.places = [:]
                for (place, task) in state.tasks.enumerated() { state.places[task.pid] = place }
            }
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
